# Alerts on what callers do to the budget at GitHub. Both have been there in octo-sts's module, at the same addresses.

resource "google_monitoring_alert_policy" "github-rate-limit" {
  project      = var.project_id
  display_name = "${var.name}: ${local.alerts["github-rate-limit"].title}"
  severity     = local.alerts["github-rate-limit"].severity
  combiner     = "OR"

  conditions {
    display_name = local.alerts["github-rate-limit"].title

    condition_matched_log {
      filter = "${local.app_lines}${local.alerts["github-rate-limit"].filter}"
    }
  }

  alert_strategy {
    auto_close = "3600s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    content   = "${local.alerts["github-rate-limit"].summary}\n\n${local.runbooks["github-rate-limit"]}"
    mime_type = "text/markdown"
  }

  notification_channels = var.notification_channels
}

# From the log, because an identity is what a caller chose and no metric of the service has it.
resource "google_logging_metric" "trust-policy-not-found" {
  project = var.project_id
  name    = "${var.name}-trust-policy-not-found"

  filter = join("", concat(
    [local.app_lines, local.alerts["trust-policy-not-found"].filter],
    [for identity in var.missing_identities : "\n-jsonPayload.record.identity=${jsonencode(identity)}"],
  ))

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    labels {
      key         = "identity"
      value_type  = "STRING"
      description = "The identity that has no policy"
    }
  }

  label_extractors = {
    "identity" = "EXTRACT(jsonPayload.record.identity)"
  }
}

resource "google_monitoring_alert_policy" "trust-policy-not-found" {
  project      = var.project_id
  display_name = "${var.name}: ${local.alerts["trust-policy-not-found"].title}"
  severity     = local.alerts["trust-policy-not-found"].severity
  combiner     = "OR"

  conditions {
    display_name = "An identity without a policy, more than ${var.policy_not_found_threshold} times in an hour"

    condition_threshold {
      filter          = "metric.type=\"logging.googleapis.com/user/${google_logging_metric.trust-policy-not-found.name}\" AND resource.type=\"cloud_run_revision\""
      comparison      = "COMPARISON_GT"
      threshold_value = var.policy_not_found_threshold
      duration        = "0s"

      aggregations {
        alignment_period     = "3600s"
        per_series_aligner   = "ALIGN_SUM"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["metric.label.identity"]
      }
    }
  }

  alert_strategy {
    auto_close = "3600s"
  }

  documentation {
    content   = "${local.alerts["trust-policy-not-found"].summary} It is `$${metric.label.identity}`.\n\n${local.runbooks["trust-policy-not-found"]}"
    mime_type = "text/markdown"
  }

  notification_channels = var.notification_channels
}
