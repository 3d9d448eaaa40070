output "app" {
  description = "The service: its name, once it is there, and the address and unique id of its service account."
  value = {
    name                      = module.this.name
    service_account           = google_service_account.octo-sts.email
    service_account_unique_id = google_service_account.octo-sts.unique_id
  }
}

output "webhook" {
  description = "The webhook: its name, once it is there, and the address and unique id of its service account."
  value = {
    name                      = module.webhook.name
    service_account           = google_service_account.webhook.email
    service_account_unique_id = google_service_account.webhook.unique_id
  }
}

output "is_served" {
  description = "Whether the services are there: as soon as an App has a key."
  value       = module.settings.is_served
}

output "key_ring_id" {
  description = "Id of the key ring."
  value       = google_kms_key_ring.app-keyring.id
}

output "keys" {
  description = "Map from the id of each App to the id of the key that its private key is imported into."
  value       = { for app_id, key in google_kms_crypto_key.app-keys : app_id => key.id }
}

output "webhook_secret" {
  description = "Id of the secret that versions of the webhook's secret are added to."
  value       = google_secret_manager_secret.webhook.id
}

output "alert_policy_ids" {
  description = "Map from the name of each alert policy to its id."
  value       = module.dashboard.alert_policy_ids
}
