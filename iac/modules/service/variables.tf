variable "project_id" {
  description = "The Google Cloud project."
  type        = string
}

variable "name" {
  description = "Name of the Cloud Run service in every region."
  type        = string
}

variable "regions" {
  description = "Map from the regions that run the service to the network and subnetwork that its private traffic leaves by. Null for both: no VPC."
  type = map(object({
    network = optional(string)
    subnet  = optional(string)
  }))
}

variable "image" {
  description = "Image of the program. It is started without arguments."
  type        = string

  validation {
    condition     = can(regex("^[^/\\s]+/\\S+$", var.image))
    error_message = "Name the image with its registry, such as europe-west1-docker.pkg.dev/acme-sts/images/app@sha256:..., not \"${var.image}\"."
  }
}

variable "protocol" {
  description = "Name of the port: h2c where gRPC is spoken, else http1."
  type        = string

  validation {
    condition     = contains(["h2c", "http1"], var.protocol)
    error_message = "Set protocol to h2c or http1."
  }
}

variable "service_account" {
  description = "Address of the service account that the program runs as."
  type        = string
}

variable "ingress" {
  description = "Where requests may come from: INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER or INGRESS_TRAFFIC_ALL."
  type        = string
  default     = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"

  validation {
    condition     = contains(["INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", "INGRESS_TRAFFIC_ALL"], var.ingress)
    error_message = "Set ingress to INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER, or to INGRESS_TRAFFIC_ALL where Cloud Run authenticates the callers."
  }
}

variable "invokers" {
  description = "Principals that Cloud Run lets in. Empty: everybody, which only a load balancer in front allows; the program authenticates them."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.invokers) > 0 || var.ingress == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    error_message = "Name the invokers of a service with ingress from everywhere: only the load balancer may let everybody in."
  }
  validation {
    condition     = length(setintersection(var.invokers, ["allUsers", "allAuthenticatedUsers"])) == 0
    error_message = "Name invokers one by one: allUsers and allAuthenticatedUsers are everybody. For a service behind the load balancer leave invokers empty."
  }
}

variable "invoker_iam_disabled" {
  description = "Whether Cloud Run lets everybody in without looking at permissions, where the organization forbids to name allUsers. Only where invokers is empty."
  type        = bool
  default     = false

  validation {
    condition     = !var.invoker_iam_disabled || (length(var.invokers) == 0 && var.ingress == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER")
    error_message = "Leave invoker_iam_disabled false where invokers are named: they would not be looked at."
  }
}

variable "env" {
  description = "Variables of the program. None of them is secret."
  type        = map(string)
  default     = {}
}

variable "regional_env" {
  description = "Variables that differ between regions: from the region to names and values."
  type        = map(map(string))
  default     = {}
}

variable "secret_env" {
  description = "Variables whose values are in Secret Manager: from the name to the id of the secret and its version."
  type = map(object({
    secret  = string
    version = string
  }))
  default = {}
}

variable "files" {
  description = "Files from Secret Manager: from a name to the directory, the name of the file, the id of the secret and its version."
  type = map(object({
    directory = string
    file      = string
    secret    = string
    version   = string
  }))
  default = {}
}

variable "scaling" {
  description = "Least and most instances in each region, and the requests that one takes at a time."
  type = object({
    min_instances = number
    max_instances = number
    concurrency   = number
  })

  validation {
    condition     = var.scaling.min_instances >= 0 && var.scaling.max_instances >= max(1, var.scaling.min_instances)
    error_message = "Set max_instances to at least 1, and not below min_instances."
  }
  validation {
    condition     = var.scaling.concurrency >= 1 && var.scaling.concurrency <= 1000
    error_message = "Set concurrency to 1 to 1000, which is what Cloud Run takes."
  }
}

variable "resources" {
  description = "Processors and memory of an instance."
  type = object({
    cpu    = optional(string, "1")
    memory = optional(string, "512Mi")
  })
  default = {}

  # https://cloud.google.com/run/docs/configuring/services/cpu
  validation {
    condition     = contains(["1", "2", "4", "6", "8"], var.resources.cpu)
    error_message = "Set resources.cpu to \"1\", \"2\", \"4\", \"6\" or \"8\": with less than one, Cloud Run takes one request at a time, and stops the processor after it."
  }
  validation {
    condition = try(
      tonumber(trimsuffix(var.resources.memory, "Gi")) * 1024, tonumber(trimsuffix(var.resources.memory, "Mi")), 0,
    ) >= lookup({ "4" = 2048, "6" = 4096, "8" = 4096 }, var.resources.cpu, 512)
    error_message = "Set resources.memory to at least 512Mi, with 4 processors 2Gi, and with 6 or 8 4Gi: a whole number of Mi or Gi."
  }
}

variable "timeout_seconds" {
  description = "Time that a request may take."
  type        = number
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the service."
  type        = bool
}

variable "metrics_sidecar_image" {
  description = "Image of Google's Prometheus sidecar. Empty: none."
  type        = string
}
