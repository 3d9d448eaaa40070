output "name" {
  description = "Name of the prober. The negative prober's is NAME-negative."
  value       = module.service["prober"].name
}

output "negative_name" {
  description = "Name of the negative prober."
  value       = module.service["negative"].name
}

output "subject" {
  description = "Subject of the prober's tokens, for the policy: issuer https://accounts.google.com."
  value       = google_service_account.this["prober"].unique_id
}

output "negative_subject" {
  description = "Subject of the negative prober's tokens, which no policy may let in."
  value       = google_service_account.this["negative"].unique_id
}

output "alert_policy_ids" {
  description = "Map from prober and negative to the id of the alert policy."
  value       = { for key, policy in google_monitoring_alert_policy.this : key => policy.id }
}
