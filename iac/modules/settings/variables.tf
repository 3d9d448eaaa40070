variable "project_id" {
  description = "The Google Cloud project."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9.:-]{3,}[a-z0-9]$", var.project_id))
    error_message = "Set project_id to the id of the project, such as acme-sts, and not to its number or its display name."
  }
}

variable "name" {
  description = "Name of the service, and the beginning of all other names."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.name))
    error_message = "Choose a name of 6 to 30 lower-case letters, digits and hyphens, such as github-sts: the service account has it, and its name ends at 30."
  }
}

variable "domain" {
  description = "Domain that callers use, as their tokens have it in the audience."
  type        = string

  validation {
    condition     = !strcontains(var.domain, "/")
    error_message = "Set domain without a scheme and a path: sts.example.com, not https://sts.example.com/."
  }
  validation {
    condition     = strcontains(var.domain, "/") || can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z0-9-]*[a-z0-9]$", var.domain))
    error_message = "Set domain to a full domain name in lower case, without a port, such as sts.example.com: it is compared with the audience of tokens byte for byte."
  }
}

variable "key_ring_id" {
  description = "Id of the key ring that holds the keys of the Apps."
  type        = string
}

variable "webhook_enabled" {
  description = "Whether the webhook runs."
  type        = bool
  default     = true
}

variable "webhook_secret_id" {
  description = "Id of the secret that GitHub signs deliveries with, as projects/PROJECT/secrets/NAME."
  type        = string
}

variable "webhook_secret_versions" {
  description = "Versions of the webhook's secret that count."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for version in var.webhook_secret_versions : can(regex("^([1-9][0-9]*|latest)$", version))])
    error_message = "Name versions in webhook_secret_versions by their number, such as [\"1\"], or by latest. The secret itself never goes into a variable."
  }
  validation {
    condition     = length(var.webhook_secret_versions) <= 8 && length(distinct(var.webhook_secret_versions)) == length(var.webhook_secret_versions)
    error_message = "Name at most 8 versions in webhook_secret_versions, each once: those that count during a rotation."
  }
  validation {
    condition = (
      length(var.webhook_secret_versions) > 0 || !var.webhook_enabled ||
      !anytrue([for app in var.github_apps : app.key_version > 0])
    )
    error_message = "The webhook needs its secret: add one (gcloud secrets versions add ${var.name}-webhook-secret --data-file=-), or use the version that octo-sts made, and set webhook_secret_versions = [\"1\"]. Or set webhook_enabled = false."
  }
}

variable "github_webhook_organization_filter" {
  description = "Organizations whose deliveries are worked, comma-separated. Empty: all."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[A-Za-z0-9._, -]*$", var.github_webhook_organization_filter))
    error_message = "Set github_webhook_organization_filter to names of organizations, comma-separated, such as acme,acme-labs."
  }
}

variable "sticky_store" {
  description = "Where it is remembered which App serves a caller with checks: write. Empty: as the shared state."
  type        = string
  default     = ""

  validation {
    condition     = contains(["", "memory", "redis", "firestore"], var.sticky_store)
    error_message = "Set sticky_store to memory or redis, or leave it empty to follow shared_state. firestore, from octo-sts, is accepted and counts as empty."
  }
  validation {
    condition     = var.sticky_store != "redis" || var.shared_state_enabled || contains(var.secret_env, "STS_REDIS_URL")
    error_message = "sticky_store = \"redis\" needs a store: set shared_state = {}, which makes one, or name STS_REDIS_URL in secret_env."
  }
}

variable "sticky_store_firestore_ttl" {
  description = "How long the App that serves a caller is remembered, in any store."
  type        = string
  default     = "1h"

  validation {
    condition     = can(regex("^([0-9]+(\\.[0-9]+)?(h|m|s))+$", var.sticky_store_firestore_ttl))
    error_message = "Set sticky_store_firestore_ttl to a duration such as 1h or 30m."
  }
}

variable "shared_state_enabled" {
  description = "Whether replicas share state."
  type        = bool
  default     = false
}

variable "redis_url" {
  description = "Address of the shared state, without a password."
  type        = string
  default     = ""
}

variable "redis_ca_file" {
  description = "Path of the certificate authorities of the shared state. Empty: no TLS."
  type        = string
  default     = ""
}
