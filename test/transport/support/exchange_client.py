"""Compiles proto/ with protoc, calls the service and prints what came back, one JSON value per call."""

import json
import os
import sys
import tempfile

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc

ADDRESS, PROTO_FOLDER = sys.argv[1:]
FILES = ["platform/oidc/v1/oidc.platform.proto", "google/rpc/status.proto", "google/rpc/error_details.proto"]
WELL_KNOWN = os.path.join(os.path.dirname(protoc.__file__), "_proto")

# The messages come from the descriptors, for Python has packages of its own named `platform` and `google.rpc`.
pool = descriptor_pool.DescriptorPool()
with tempfile.TemporaryDirectory() as out:
    descriptors = os.path.join(out, "descriptors")
    flags = [f"-I{PROTO_FOLDER}", f"-I{WELL_KNOWN}", "--include_imports", f"-o{descriptors}"]
    if protoc.main(["protoc", *flags, *FILES]) != 0:
        sys.exit("protoc failed")
    with open(descriptors, "rb") as file:
        for described in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
            pool.Add(described)


# Protobuf 3, as in Debian 12, has no GetMessageClass yet; protobuf 5 has no MessageFactory any more.
make_class = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype


def message(name):
    return make_class(pool.FindMessageTypeByName(name))


Request = message("chainguard.platform.oidc.ExchangeRequest")
Status = message("google.rpc.Status")
ErrorInfo = message("google.rpc.ErrorInfo")

exchange = grpc.insecure_channel(ADDRESS).unary_unary(
    "/chainguard.platform.oidc.SecurityTokenService/Exchange",
    request_serializer=Request.SerializeToString,
    response_deserializer=message("chainguard.platform.oidc.RawToken").FromString,
)


def call(identity, authorization=("Bearer a.b.c",), **options):
    metadata = [("authorization", value) for value in authorization]
    request = Request(scopes=["o/r"], identity=identity)
    try:
        token, finished = exchange.with_call(request, metadata=metadata, **options)
        trailers = dict(finished.trailing_metadata())
        answer = {"token": token.token, "expiry": token.expiry.ToJsonString(), "policy": trailers["sts-policy"]}
    except grpc.RpcError as error:
        answer = {"code": error.code().name, "message": error.details()}
        details = dict(error.trailing_metadata()).get("grpc-status-details-bin")
        if details is not None:
            info = ErrorInfo()
            Status.FromString(details).details[0].Unpack(info)
            answer.update(reason=info.reason, field=info.metadata["field"])
    print(json.dumps(answer))


call("ci")
call("denied")
call("ci", authorization=("Bearer one", "Bearer two"))
call("slow", timeout=0.2)
call("ci", compression=grpc.Compression.Gzip)
