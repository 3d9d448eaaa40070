variable "project_id" {
  description = "The Google Cloud project of all resources."
  type        = string
}

variable "name" {
  description = "Name of the prober, and the beginning of the negative prober's: NAME and NAME-negative."
  type        = string
  default     = "github-sts-prober"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,19}[a-z0-9]$", var.name))
    error_message = "Choose a name of 6 to 21 lower-case letters, digits and hyphens, such as github-sts-prober: a service account is named NAME-negative, and its name ends at 30."
  }
}

variable "regions" {
  description = "Map from the regions that run the probers to the network and subnetwork that their private traffic leaves by. One region is enough."
  type = map(object({
    network = optional(string)
    subnet  = optional(string)
  }))

  validation {
    condition     = length(var.regions) > 0
    error_message = "Name at least one region in regions: europe-west1 = {} will do."
  }
}

variable "images" {
  description = "Images of both probers. Name them by a repository in Artifact Registry, such as the remote one of the example: Cloud Run does not pull from every other place."
  type = object({
    prober          = optional(string, "ghcr.io/github-sts/github-sts-prober:latest")
    negative_prober = optional(string, "ghcr.io/github-sts/github-sts-negative-prober:latest")
  })
  default = {}
}

variable "domain" {
  description = "Domain of the service that is probed, without a scheme."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z0-9-]*[a-z0-9]$", var.domain))
    error_message = "Set domain without a scheme and a path, in lower case: sts.example.com, not https://sts.example.com/."
  }
}

variable "scope" {
  description = "Repository that is probed, as owner/name. Private, and for the probers alone."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$", var.scope))
    error_message = "Set scope to the repository that is probed, as owner/name, such as acme/prober."
  }
}

variable "identity" {
  description = "Identity that is probed. Its policy lets the prober in, and not the negative prober."
  type        = string
  default     = "prober"

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]+$", var.identity))
    error_message = "Set identity to the name of the policy file without .sts.yaml, such as prober."
  }
}

variable "env" {
  description = "Further variables of both probers. Nothing secret."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.env), local.own_variables)) == 0
    error_message = "Take ${join(", ", setintersection(keys(var.env), local.own_variables))} out of env: the module sets it itself, from its own inputs, and Cloud Run authenticates the uptime checks."
  }
  validation {
    condition     = length([for name, value in var.env : name if can(regex(local.secret_pattern, "${name}=${value}"))]) == 0
    error_message = "Take ${join(", ", [for name, value in var.env : name if can(regex(local.secret_pattern, "${name}=${value}"))])} out of env: what is there ends up in plans and states in plain text. Put it into Secret Manager, and name it in secret_env."
  }
}

variable "secret_env" {
  description = "Further variables of both probers whose values are in Secret Manager: from the name to the id of the secret, in this project, and its version. The service accounts get access."
  type = map(object({
    secret  = string
    version = optional(string, "latest")
  }))
  default = {}

  validation {
    condition     = length(setintersection(keys(var.secret_env), concat(local.own_variables, keys(var.env)))) == 0
    error_message = "Name in secret_env only variables that are not in env and that the module does not set itself."
  }
}

variable "period_seconds" {
  description = "Time between two uptime checks: 60, 300, 600 or 900."
  type        = number
  default     = 300

  validation {
    condition     = contains([60, 300, 600, 900], var.period_seconds)
    error_message = "Set period_seconds to 60, 300, 600 or 900: Cloud Monitoring takes no other."
  }
}

variable "failure_seconds" {
  description = "How long checks have to fail before there is an alert, in whole minutes."
  type        = number
  default     = 600

  validation {
    condition     = var.failure_seconds >= 0 && var.failure_seconds % 60 == 0
    error_message = "Set failure_seconds to a whole number of minutes in seconds, such as 600, or to 0 for the first failure."
  }
}

variable "notification_channels" {
  description = "Notification channels of the alert policies, as projects/PROJECT/notificationChannels/ID."
  type        = list(string)
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the services."
  type        = bool
  default     = false
}

variable "metrics_sidecar_image" {
  description = "Image of Google's Prometheus sidecar. Empty: none, and the dashboard knows nothing of the probers."
  type        = string
  default     = "us-docker.pkg.dev/cloud-ops-agents-artifacts/cloud-run-gmp-sidecar/cloud-run-gmp-sidecar:1.2.0"
}
