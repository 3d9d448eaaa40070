resource "google_service_account" "octo-sts" {
  project      = var.project_id
  account_id   = var.name
  display_name = "github-sts"
  description  = "The security token service."
}

# Of its own: it can read the secret of the webhook, and the service cannot.
resource "google_service_account" "webhook" {
  project      = var.project_id
  account_id   = local.webhook_account_id
  display_name = "github-sts webhook"
  description  = "The webhook of the security token service."
}
