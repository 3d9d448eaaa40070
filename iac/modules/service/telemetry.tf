resource "google_project_iam_member" "telemetry" {
  for_each = toset(["roles/monitoring.metricWriter", "roles/cloudtrace.agent"])

  project = var.project_id
  role    = each.value
  member  = "serviceAccount:${var.service_account}"
}

locals {
  metrics_config = yamlencode({
    apiVersion = "monitoring.googleapis.com/v1beta"
    kind       = "RunMonitoring"
    metadata   = { name = "github-sts" }
    spec = {
      endpoints    = [{ port = 2112, path = "/metrics", interval = "30s" }]
      targetLabels = { metadata = ["service", "revision"] }
    }
  })
}

# Nothing in it is secret. The sidecar reads its configuration from a file, and this is how Cloud Run mounts one.
# https://cloud.google.com/stackdriver/docs/managed-prometheus/cloudrun-sidecar
resource "google_secret_manager_secret" "metrics" {
  count = var.metrics_sidecar_image == "" ? 0 : 1

  project   = var.project_id
  secret_id = "${var.name}-metrics-config"

  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "metrics" {
  count = var.metrics_sidecar_image == "" ? 0 : 1

  secret      = google_secret_manager_secret.metrics[0].id
  secret_data = local.metrics_config

  # Revisions name the version that they were made with.
  deletion_policy = "ABANDON"
  lifecycle {
    create_before_destroy = true
  }
}

resource "google_secret_manager_secret_iam_member" "metrics" {
  count = var.metrics_sidecar_image == "" ? 0 : 1

  project   = var.project_id
  secret_id = google_secret_manager_secret.metrics[0].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${var.service_account}"
}
