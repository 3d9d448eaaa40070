variable "github_apps" {
  description = "The GitHub Apps: each its id, the version of its key in KMS (0: none yet), and the organization that it serves."
  type = list(object({
    app_id      = number
    key_version = number
    org_name    = optional(string, "")
  }))

  validation {
    condition     = length(var.github_apps) > 0
    error_message = "Name at least one GitHub App in github_apps. Before its key is imported: { app_id = 12345, key_version = 0 }."
  }
  validation {
    condition     = alltrue([for app in var.github_apps : app.app_id >= 1 && floor(app.app_id) == app.app_id])
    error_message = "Set each app_id to the App ID of the settings of the App: a whole number."
  }
  validation {
    condition     = length(distinct([for app in var.github_apps : app.app_id])) == length(var.github_apps)
    error_message = "Name each App once in github_apps: an App serves one organization, or with org_name = \"*\" all that have none of their own."
  }
  validation {
    condition     = alltrue([for app in var.github_apps : app.key_version >= 0 && floor(app.key_version) == app.key_version])
    error_message = "Set each key_version to the number of the version of the key in KMS, or to 0 until the key is imported."
  }
  validation {
    condition     = alltrue([for app in var.github_apps : app.org_name == "" || can(regex("^([A-Za-z0-9._-]{1,100}|\\*)$", app.org_name))])
    error_message = "Set each org_name to the name of an organization or user as it is on GitHub, such as acme, or to \"*\" for all others."
  }
  validation {
    condition     = alltrue([for app in var.github_apps : app.org_name != ""]) || alltrue([for app in var.github_apps : app.org_name == ""])
    error_message = "Set org_name for every App, or for none: with organizations an App without one would serve nobody. Give it org_name = \"*\" to serve all others."
  }
  validation {
    condition     = alltrue([for app in var.github_apps : app.org_name == "" || app.key_version > 0])
    error_message = "With organizations every App needs key_version > 0: name it in unserved_apps, which makes its key, import that, and move it to github_apps then. An organization whose Apps have no key could not be served."
  }
  validation {
    condition = alltrue([
      for organization in distinct([for app in var.github_apps : lower(app.org_name)]) :
      length([for app in var.github_apps : app if lower(app.org_name) == organization]) <= 100
    ])
    error_message = "Give at most 100 Apps to one organization."
  }
}

locals {
  served_apps = [for app in var.github_apps : app if app.key_version > 0]

  # By place as in github_apps; empty for an App without a key, which the programs then skip.
  kms_keys = [
    for app in var.github_apps : app.key_version == 0 ? "" :
    "${var.key_ring_id}/cryptoKeys/app-signing-key-${app.app_id}/cryptoKeyVersions/${app.key_version}"
  ]

  multi_organization = anytrue([for app in var.github_apps : app.org_name != ""])

  # GitHub does not regard letter case, and the file of pools takes each owner once.
  organization_names = local.multi_organization ? distinct([for app in var.github_apps : lower(app.org_name)]) : []

  pools = [
    for organization in local.organization_names : {
      name = organization
      apps = [
        for index, app in var.github_apps : { app_id = app.app_id, kms_key = local.kms_keys[index] }
        if lower(app.org_name) == organization
      ]
    }
  ]
}
