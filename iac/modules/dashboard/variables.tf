variable "project_id" {
  type        = string
  description = "The Google project of the deployment."
}

variable "name" {
  type        = string
  description = "The name of the deployment, which is that of the Cloud Run service of the app."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name))
    error_message = "name is that of a Cloud Run service: lower case letters, digits and hyphens, a letter first."
  }
}

variable "webhook_name" {
  type        = string
  description = "The name of the Cloud Run service of the webhook."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.webhook_name))
    error_message = "webhook_name is that of a Cloud Run service: lower case letters, digits and hyphens, a letter first."
  }
}

variable "prober_name" {
  type        = string
  default     = ""
  description = "The name of the Cloud Run service of the prober, as the module prober has it; that of the negative prober has -negative behind it. Empty without probers: then nothing alerts on them."

  validation {
    condition     = can(regex("^([a-z][a-z0-9-]*)?$", var.prober_name))
    error_message = "prober_name is that of a Cloud Run service, or empty where there are no probers."
  }
}

variable "key_ring_id" {
  type        = string
  description = "The id of the KMS key ring with the keys of the Apps. Empty where the keys are not in Cloud KMS: then the alert on them is off."

  validation {
    condition     = can(regex("^(projects/[^/]+/locations/[^/]+/keyRings/[^/]+)?$", var.key_ring_id))
    error_message = "key_ring_id has the form projects/PROJECT/locations/LOCATION/keyRings/NAME: use the id of the google_kms_key_ring."
  }
}

variable "signer_emails" {
  type        = list(string)
  default     = []
  description = "The service accounts that may sign with the keys, and do nothing else with them."

  validation {
    condition     = alltrue([for email in var.signer_emails : can(regex("^[^@\"]+@[^@\"]+$", email))])
    error_message = "signer_emails are addresses of service accounts, without serviceAccount: in front."
  }
}

variable "deployer_emails" {
  type        = list(string)
  default     = []
  description = "Who may make the key ring and its keys, and set who may use them: whoever applies Terraform."

  validation {
    condition     = alltrue([for email in var.deployer_emails : can(regex("^[^@\"]+@[^@\"]+$", email))])
    error_message = "deployer_emails are addresses of accounts, without user: or serviceAccount: in front."
  }
}

variable "kms_audit_logs" {
  type        = bool
  default     = true
  description = "Whether the use of keys is written to the audit log of the project, without which nobody sees it. False where an audit configuration of cloudkms.googleapis.com is kept elsewhere."
}

variable "notification_channels" {
  type        = list(string)
  description = "The notification channels that alerts go to."
}

variable "policy_not_found_threshold" {
  type        = number
  default     = 200
  description = "How often in an hour an identity without a policy may be asked for."

  validation {
    condition     = var.policy_not_found_threshold > 0
    error_message = "policy_not_found_threshold is a number of exchanges in an hour, above 0."
  }
}

variable "missing_identities" {
  type        = list(string)
  default     = ["does-not-exist"]
  description = "Identities that are not counted as missing. Default: the one that the prober asks for."
}

variable "runbooks_url" {
  type        = string
  default     = "https://github.com/github-sts/github-sts/blob/main/docs/runbooks.md"
  description = "Where the runbooks are read: each alert leads to its section."
}
