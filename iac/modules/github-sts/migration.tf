# From the addresses of octo-sts's module. What keeps its address needs nothing here: the key ring and the keys, the
# service account, module.this and module.webhook with their services, module.sts-emits-events, the file of pools.

moved {
  from = module.webhook-secret.google_secret_manager_secret.this
  to   = google_secret_manager_secret.webhook
}

moved {
  from = module.webhook-secret.google_secret_manager_secret_iam_binding.authorize-access
  to   = google_secret_manager_secret_iam_binding.webhook-accessor
}

moved {
  from = google_monitoring_alert_policy.github-rate-limit
  to   = module.dashboard.google_monitoring_alert_policy.github-rate-limit
}

moved {
  from = google_monitoring_alert_policy.anomalous-kms-access
  to   = module.dashboard.google_monitoring_alert_policy.anomalous-kms-access
}

moved {
  from = google_monitoring_alert_policy.trust-policy-not-found
  to   = module.dashboard.google_monitoring_alert_policy.trust-policy-not-found
}

moved {
  from = google_logging_metric.trust-policy-not-found
  to   = module.dashboard.google_logging_metric.trust-policy-not-found
}

# The secret itself leaves the state. The version stays where it is, and webhook_secret_versions names it.
removed {
  from = random_password.webhook-secret
  lifecycle {
    destroy = false
  }
}

removed {
  from = module.webhook-secret.google_secret_manager_secret_version.data
  lifecycle {
    destroy = false
  }
}

# Not used here. It stays as it is, for the way back.
removed {
  from = google_project_service.firestore
  lifecycle {
    destroy = false
  }
}

removed {
  from = google_firestore_database.sticky
  lifecycle {
    destroy = false
  }
}

removed {
  from = google_firestore_field.sticky_ttl
  lifecycle {
    destroy = false
  }
}

removed {
  from = google_project_iam_member.firestore_user
  lifecycle {
    destroy = false
  }
}
