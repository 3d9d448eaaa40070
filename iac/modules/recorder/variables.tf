variable "project_id" {
  description = "The Google Cloud project of all resources."
  type        = string
}

variable "name" {
  description = "Name of the recorder. The dataset has it with underscores for hyphens."
  type        = string
  default     = "github-sts-recorder"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,60}[a-z0-9]$", var.name))
    error_message = "Choose a name of 4 to 62 lower-case letters, digits and hyphens, such as github-sts-recorder."
  }
}

variable "location" {
  description = "Location of the dataset, such as EU or US. It cannot be changed later."
  type        = string
}

variable "service_name" {
  description = "Name of the service whose records are taken from its log. Empty, with broker_topics: events are taken in their place."
  type        = string
  default     = ""

  validation {
    condition     = (var.service_name == "") != (length(var.broker_topics) == 0)
    error_message = "Set service_name to take records from the log of the service, or broker_topics to take the events that it sends. With both every exchange would be there twice."
  }
}

variable "broker_topics" {
  description = "Map from each region to the Pub/Sub topic that a broker puts CloudEvents on, with their attributes as ce-type and so on. Empty: records are taken from the log."
  type        = map(string)
  default     = {}
}

variable "retention_days" {
  description = "Days that rows are kept."
  type        = number
  default     = 90

  validation {
    condition     = var.retention_days >= 1 && floor(var.retention_days) == var.retention_days
    error_message = "Set retention_days to a whole number of days, at least 1."
  }
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the table."
  type        = bool
  default     = true
}
