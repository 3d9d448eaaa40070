variable "project_id" {
  description = "The Google Cloud project, for this service alone."
  type        = string
}

variable "name" {
  description = "Name of the service, and the beginning of all other names. It cannot be changed later."
  type        = string
  default     = "github-sts"

  # The negative prober's account is NAME-prober-negative, and ends at 30.
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,12}[a-z0-9]$", var.name))
    error_message = "Choose a name of 6 to 14 lower-case letters, digits and hyphens, such as github-sts: the accounts of the probers are named after it, and theirs end at 30."
  }
}

variable "regions" {
  description = "Regions that the service runs in."
  type        = list(string)

  validation {
    condition     = length(var.regions) > 0
    error_message = "Name at least one region in regions, such as [\"europe-west1\"]."
  }
}

variable "primary_region" {
  description = "Region of the images, the probers and the shared state, which another region replaces. Needed with several regions."
  type        = string
  default     = null

  validation {
    condition     = var.primary_region != null || length(var.regions) <= 1
    error_message = "Set primary_region to the region that the images, the probers and the shared state are in: with several regions it is not clear, and another one would replace them."
  }
  validation {
    condition     = var.primary_region == null || contains(var.regions, coalesce(var.primary_region, "none"))
    error_message = "Set primary_region to one of regions."
  }
}

variable "cidrs" {
  description = "Map from each region to the addresses of its subnetwork, which others replace. Needed with several regions; one alone has 10.0.0.0/24."
  type        = map(string)
  default     = {}
}

variable "domain" {
  description = "Domain that callers use. The webhook is at webhook.DOMAIN."
  type        = string
}

variable "release" {
  description = "Release of the images, such as 1.2.3."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$", var.release))
    error_message = "Set release to the tag of the images, such as 1.2.3: it has no v, which the tag in Git has."
  }
}

variable "github_apps" {
  description = "The GitHub Apps: app_id; key_version, the version of its key in KMS, 0 until it is imported; and org_name, if Apps are for certain organizations."
  type = list(object({
    app_id      = number
    key_version = number
    org_name    = optional(string, "")
  }))
}

variable "webhook_secret_versions" {
  description = "Versions of the webhook's secret that count. Empty until the secret was added."
  type        = list(string)
  default     = []
}

variable "prober_scope" {
  description = "Private repository that the probers use, as owner/name. Empty: no probers."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^([A-Za-z0-9._-]+/[A-Za-z0-9._-]+)?$", var.prober_scope))
    error_message = "Set prober_scope to a repository, as owner/name, such as acme/prober, or leave it empty for no probers."
  }
}

variable "notification_channels" {
  description = "Notification channels of the alert policies, as projects/PROJECT/notificationChannels/ID."
  type        = list(string)
}

variable "records_location" {
  description = "Location of the table of exchanges, such as EU or US."
  type        = string
}

variable "shared_state" {
  description = "Whether replicas share state, in a Memorystore for Valkey."
  type        = bool
  default     = false
}
