output "keys" {
  description = "Map from each App to the key in KMS that its private key is imported into."
  value       = module.github-sts.keys
}

output "webhook_secret" {
  description = "The secret that a version is added to for the webhook."
  value       = module.github-sts.webhook_secret
}

output "name_servers" {
  description = "Name servers that the domain has to be delegated to."
  value       = module.network.name_servers
}

output "webhook_url" {
  description = "Address of the webhook, for the settings of the App."
  value       = "https://webhook.${var.domain}"
}

output "prober_subject" {
  description = "Subject of the prober, for its policy. Null without probers."
  value       = one(module.prober[*].subject)
}
