variable "project_id" {
  description = "The Google Cloud project."
  type        = string
}

variable "region" {
  description = "Region of the ingress."
  type        = string
}

variable "name" {
  description = "Name of the Cloud Run service that takes events."
  type        = string
}

variable "service_account" {
  description = "Address of the service account that sends events."
  type        = string
}
