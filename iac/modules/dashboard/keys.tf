# Who uses the keys of the Apps, by the audit log of Cloud KMS.

# Making and changing keys is always logged, using them only where it is asked for.
resource "google_project_iam_audit_config" "kms" {
  count = var.kms_audit_logs ? 1 : 0

  project = var.project_id
  service = "cloudkms.googleapis.com"

  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }
}

locals {
  signers   = join(" OR ", [for email in var.signer_emails : jsonencode(email)])
  deployers = join(" OR ", [for email in var.deployer_emails : jsonencode(email)])

  # An import alerts, and is meant to: somebody had a key of an App in hand.
  anomalous_kms_access = join("\n", concat(
    [
      "protoPayload.serviceName=\"cloudkms.googleapis.com\"",
      "-- The key ring itself too: who may sign can be set on it.",
      "(protoPayload.resourceName=${jsonencode(var.key_ring_id)} OR protoPayload.resourceName:${jsonencode("${var.key_ring_id}/")})",
      "-- What a plan and scanners do, and what tells nobody a secret.",
      "-protoPayload.methodName=(\"GetKeyRing\" OR \"GetCryptoKey\" OR \"GetIamPolicy\")",
    ],
    local.signers == "" ? [] : [
      "-- The service signs, and does nothing else.",
      "-(protoPayload.authenticationInfo.principalEmail=(${local.signers}) AND protoPayload.methodName=\"AsymmetricSign\")",
    ],
    local.deployers == "" ? [] : [
      "-- Terraform makes keys, and says who may sign with them.",
      "-(protoPayload.authenticationInfo.principalEmail=(${local.deployers}) AND protoPayload.methodName=(\"CreateKeyRing\" OR \"CreateCryptoKey\" OR \"SetIamPolicy\"))",
    ],
  ))
}

resource "google_monitoring_alert_policy" "anomalous-kms-access" {
  project      = var.project_id
  display_name = "${var.name}: ${local.alerts["anomalous-kms-access"].title}"
  severity     = local.alerts["anomalous-kms-access"].severity
  enabled      = var.key_ring_id != ""
  combiner     = "OR"

  conditions {
    display_name = local.alerts["anomalous-kms-access"].title

    condition_matched_log {
      filter = local.anomalous_kms_access

      label_extractors = {
        "email"       = "EXTRACT(protoPayload.authenticationInfo.principalEmail)"
        "method_name" = "EXTRACT(protoPayload.methodName)"
        "user_agent"  = "REGEXP_EXTRACT(protoPayload.requestMetadata.callerSuppliedUserAgent, \"(\\\\S+)\")"
      }
    }
  }

  alert_strategy {
    auto_close = "3600s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    content   = "${local.alerts["anomalous-kms-access"].summary}\n\n${local.runbooks["anomalous-kms-access"]}"
    mime_type = "text/markdown"
  }

  notification_channels = var.notification_channels
}
