# The dashboard, and the alerts that metrics or lines of the log decide alone.
#
# dashboard.json and alerts.json are made of the lists in scripts/dashboards/ by `npm run generate`. Their queries are in
# PromQL: metrics come by the sidecar of each service, which says in `namespace` which service it belongs to.

locals {
  has_probers     = var.prober_name != ""
  prober_services = local.has_probers ? [var.prober_name, "${var.prober_name}-negative"] : []
  services        = concat([var.name, var.webhook_name], local.prober_services)

  alerts = jsondecode(replace(file("${path.module}/alerts.json"), "@SERVICES@", join("|", local.services)))

  # What stands at the end of each alert's text.
  runbooks = { for id, alert in local.alerts : id => "[What to do](${var.runbooks_url}#${alert.runbook})" }

  wanted_alerts = { for id, alert in local.alerts : id => alert if alert.program != "prober" || local.has_probers }
  metric_alerts = { for id, alert in local.wanted_alerts : id => alert if can(alert.query) }

  # Those with a resource of their own below have more to say than a line of the log.
  log_alerts = {
    for id, alert in local.wanted_alerts : id => alert
    if can(alert.filter) && !contains(["github-rate-limit", "trust-policy-not-found"], id)
  }

  app_lines    = <<-EOT
    resource.type="cloud_run_revision"
    resource.labels.service_name="${var.name}"
  EOT
  prober_lines = <<-EOT
    resource.type="cloud_run_revision"
    resource.labels.service_name=(${join(" OR ", [for name in local.prober_services : jsonencode(name)])})
  EOT
}

resource "google_monitoring_dashboard" "this" {
  project = var.project_id
  dashboard_json = replace(
    replace(file("${path.module}/dashboard.json"), "@SERVICES@", join("|", local.services)),
    "@DEPLOYMENT@", var.name,
  )
}

resource "google_monitoring_alert_policy" "metric" {
  for_each = local.metric_alerts

  project      = var.project_id
  display_name = "${var.name}: ${each.value.title}"
  severity     = each.value.severity
  combiner     = "OR"

  conditions {
    display_name = each.value.title

    condition_prometheus_query_language {
      query               = each.value.query
      duration            = each.value.duration
      evaluation_interval = "60s"
      rule_group          = var.name
      alert_rule          = replace(each.key, "-", "_")

      # A metric is not known before it was first written.
      disable_metric_validation = true
    }
  }

  alert_strategy {
    auto_close = "3600s"
  }

  documentation {
    content   = "${each.value.summary}\n\n${local.runbooks[each.key]}"
    mime_type = "text/markdown"
  }

  notification_channels = var.notification_channels
}

resource "google_monitoring_alert_policy" "log" {
  for_each = local.log_alerts

  project      = var.project_id
  display_name = "${var.name}: ${each.value.title}"
  severity     = each.value.severity
  combiner     = "OR"

  conditions {
    display_name = each.value.title

    condition_matched_log {
      filter = "${each.value.program == "prober" ? local.prober_lines : local.app_lines}${each.value.filter}"
    }
  }

  alert_strategy {
    auto_close = "3600s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  documentation {
    content   = "${each.value.summary}\n\n${local.runbooks[each.key]}"
    mime_type = "text/markdown"
  }

  notification_channels = var.notification_channels
}
