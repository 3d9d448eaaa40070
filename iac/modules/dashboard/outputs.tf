output "alert_policy_ids" {
  description = "The id of each alert policy, by the name of its alert."
  value = merge(
    { for id, policy in google_monitoring_alert_policy.metric : id => policy.id },
    { for id, policy in google_monitoring_alert_policy.log : id => policy.id },
    {
      "anomalous-kms-access"   = google_monitoring_alert_policy.anomalous-kms-access.id
      "github-rate-limit"      = google_monitoring_alert_policy.github-rate-limit.id
      "trust-policy-not-found" = google_monitoring_alert_policy.trust-policy-not-found.id
    },
  )
}

output "dashboard_id" {
  description = "The id of the dashboard."
  value       = google_monitoring_dashboard.this.id
}
