locals {
  checks = {
    for pair in setproduct(keys(local.names), keys(var.regions)) : "${pair[0]} ${pair[1]}" => {
      prober = pair[0]
      region = pair[1]
    }
  }
}

resource "google_monitoring_uptime_check_config" "this" {
  for_each = local.checks

  project      = var.project_id
  display_name = "${local.names[each.value.prober]} ${each.value.region}"
  period       = "${var.period_seconds}s"
  # A run takes 46 s at most.
  timeout = "60s"

  http_check {
    path         = "/"
    port         = 443
    use_ssl      = true
    validate_ssl = true

    service_agent_authentication {
      type = "OIDC_TOKEN"
    }
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project_id
      host       = trimprefix(module.service[each.value.prober].uris[each.value.region], "https://")
    }
  }

  lifecycle {
    # The alert policy names the check until it names the new one.
    create_before_destroy = true
  }
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.names

  project               = var.project_id
  display_name          = each.key == "prober" ? "${each.value}: exchanges fail" : "${each.value}: the service is not known to refuse"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = var.notification_channels

  dynamic "conditions" {
    for_each = var.regions
    content {
      display_name = "Uptime check of ${each.value} in ${conditions.key} fails"

      condition_threshold {
        filter = join(" AND ", [
          "metric.type=\"monitoring.googleapis.com/uptime_check/check_passed\"",
          "resource.type=\"uptime_url\"",
          "metric.labels.check_id=\"${google_monitoring_uptime_check_config.this["${each.key} ${conditions.key}"].uptime_check_id}\"",
        ])
        comparison = "COMPARISON_GT"
        # Checkers in several places ask. One of them may fail on the way.
        threshold_value = 1
        duration        = "${var.failure_seconds}s"

        aggregations {
          alignment_period     = "${var.period_seconds}s"
          per_series_aligner   = "ALIGN_NEXT_OLDER"
          cross_series_reducer = "REDUCE_COUNT_FALSE"
          group_by_fields      = ["resource.labels.host"]
        }

        trigger {
          count = 1
        }
      }
    }
  }

  alert_strategy {
    auto_close = "604800s"
  }

  documentation {
    mime_type = "text/markdown"
    content = each.key == "prober" ? join(" ", [
      "The prober could not exchange its token, or the token could not do what the policy grants, or could do more.",
      "The log of `${each.value}` names the step that failed.",
      ]) : join(" ", [
      "The negative prober was not refused, or could not find out.",
      "A line in the log of `${each.value}` that begins with INCIDENT means that somebody got in who must not: stop the service first.",
    ])
  }
}
