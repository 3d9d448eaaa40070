output "name" {
  description = "Name of the service, once it is there and may be called."
  value       = var.name
  depends_on = [
    google_cloud_run_v2_service.this,
    google_cloud_run_v2_service_iam_member.public-services-are-unauthenticated,
    google_cloud_run_v2_service_iam_binding.invokers,
  ]
}

output "uris" {
  description = "Map from each region to the address that Cloud Run gives the service."
  value       = { for region, service in google_cloud_run_v2_service.this : region => service.uri }
}
