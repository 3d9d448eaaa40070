output "is_served" {
  description = "Whether there is an App with a key. Without one there is nothing to run yet."
  value       = length(local.served_apps) > 0
}

output "multi_organization" {
  description = "Whether Apps are for certain organizations, so that the programs read a file of pools."
  value       = local.multi_organization
}

output "organizations" {
  description = "Map from each organization, in lower case, to the ids of its Apps. Empty where all Apps serve everybody."
  value       = { for pool in local.pools : pool.name => [for app in pool.apps : app.app_id] }
}

output "kms_keys" {
  description = "Map from the id of each App that is served to the name of the version of its key."
  value       = { for index, app in var.github_apps : tostring(app.app_id) => local.kms_keys[index] if app.key_version > 0 }
}

output "pools_path" {
  description = "Where the programs look for the file of pools."
  value       = local.pools_path
}

output "pools_yaml" {
  description = "Content of the file of pools: ids and names of keys, nothing secret. Empty without organizations."
  value       = local.multi_organization ? yamlencode({ orgs = local.pools }) : ""
}

output "app_environment" {
  description = "Variables of the service, but for those that differ between regions."
  value       = local.app_environment
}

output "webhook_environment" {
  description = "Variables of the webhook."
  value       = local.webhook_environment
}
