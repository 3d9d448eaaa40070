output "uri" {
  description = "Address of the ingress, which is also the audience of the tokens that are sent to it."
  value       = data.google_cloud_run_v2_service.this.uri
  depends_on  = [google_cloud_run_v2_service_iam_member.authorize-calls]
}
