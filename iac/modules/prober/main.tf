locals {
  names = {
    prober   = var.name
    negative = "${var.name}-negative"
  }
  images = {
    prober   = var.images.prober
    negative = var.images.negative_prober
  }

  # Uptime checks carry a token of this account, and Cloud Run lets nobody else in.
  # https://cloud.google.com/monitoring/uptime-checks#service-agent-authentication
  monitoring_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-monitoring-notification.iam.gserviceaccount.com"
}

data "google_project" "this" {
  project_id = var.project_id
}

# Two of them: the policy has to let one in, and refuse the other.
resource "google_service_account" "this" {
  for_each = local.names

  project      = var.project_id
  account_id   = each.value
  display_name = each.key == "prober" ? "github-sts prober" : "github-sts negative prober"
  description  = each.key == "prober" ? "Exchanges its token, as the policy allows." : "Has to be refused."
}

module "service" {
  source   = "../service"
  for_each = local.names

  project_id      = var.project_id
  name            = each.value
  regions         = var.regions
  image           = local.images[each.key]
  protocol        = "http1"
  service_account = google_service_account.this[each.key].email
  ingress         = "INGRESS_TRAFFIC_ALL"
  invokers        = [local.monitoring_agent]

  env = merge(var.env, {
    STS_DOMAIN      = var.domain
    PROBER_SCOPE    = var.scope
    PROBER_IDENTITY = var.identity
    # Who gets this far was authenticated by Cloud Run. An Authorization header of its own would be a secret in the plan.
    PROBER_ALLOW_ANONYMOUS = "true"
  })
  secret_env = var.secret_env

  # One instance: the negative prober waits for its first token to expire, and two would not do more.
  scaling = {
    min_instances = 1
    max_instances = 1
    concurrency   = 20
  }
  timeout_seconds       = 60
  deletion_protection   = var.deletion_protection
  metrics_sidecar_image = var.metrics_sidecar_image

  depends_on = [google_secret_manager_secret_iam_member.secret-env]
}
