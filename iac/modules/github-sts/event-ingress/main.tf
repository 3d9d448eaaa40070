resource "google_cloud_run_v2_service_iam_member" "authorize-calls" {
  project  = var.project_id
  location = var.region
  name     = var.name
  role     = "roles/run.invoker"
  member   = "serviceAccount:${var.service_account}"
}

data "google_cloud_run_v2_service" "this" {
  project  = var.project_id
  location = var.region
  name     = var.name
}
