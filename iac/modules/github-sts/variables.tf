variable "project_id" {
  description = "The Google Cloud project of all resources."
  type        = string
}

variable "name" {
  description = "Name of the service, and the beginning of all other names, the key ring's too: it cannot be changed later. The default is octo-sts's, so that its deployments keep theirs."
  type        = string
  default     = "octo-sts"
}

variable "regions" {
  description = "Map from the regions that run the service to the network and subnetwork by which it reaches private addresses."
  type = map(object({
    network = string
    subnet  = string
  }))

  validation {
    condition     = length(var.regions) > 0
    error_message = "Name at least one region in regions, with its network and subnet."
  }
}

variable "deletion_protection" {
  description = "Whether Terraform refuses to delete the services and the shared state."
  type        = bool
  default     = true
}

variable "private-services" {
  description = "Names of private services that this one uses: eventing-ingress is the Cloud Run service, in every region, that takes CloudEvents. Null: no events are sent, and records are in the log."
  type = object({
    eventing-ingress = object({
      name = string
    })
  })
  default = null
}

variable "domain" {
  description = "Domain that callers use, without a scheme."
  type        = string
}

variable "images" {
  description = "Images of the service and the webhook. Name them by digest, so that an apply is what rolls them out. Name them by a repository in Artifact Registry, such as the remote one of the example: Cloud Run does not pull from every other place."
  type = object({
    app     = optional(string, "ghcr.io/github-sts/github-sts-app:latest")
    webhook = optional(string, "ghcr.io/github-sts/github-sts-webhook:latest")
  })
  default = {}
}

variable "github_apps" {
  description = "The GitHub Apps: app_id; key_version, the version of its key in KMS, 0 until it is imported; and org_name, the organization that it serves, \"*\" for all others, for every App or for none."
  type = list(object({
    app_id      = number
    key_version = number
    org_name    = optional(string, "")
  }))
}

variable "unserved_apps" {
  description = "Ids of further Apps that have a key here and are not served: until the key is imported, or since the App was taken out of github_apps."
  type        = list(number)
  default     = []

  validation {
    condition     = length(setintersection(var.unserved_apps, var.github_apps[*].app_id)) == 0
    error_message = "Name an App in github_apps or in unserved_apps, but not in both."
  }
}

variable "notification_channels" {
  description = "Notification channels of the alert policies, as projects/PROJECT/notificationChannels/ID."
  type        = list(string)
}

variable "github_webhook_organization_filter" {
  description = "Organizations whose deliveries the webhook works, comma-separated. Empty: all."
  type        = string
  default     = ""
}

variable "sticky_store" {
  description = "Where it is remembered which App serves a caller with checks: write: memory or redis. Empty: as shared_state. firestore is accepted and counts as empty."
  type        = string
  default     = ""
}

variable "sticky_store_firestore_collection" {
  description = "Accepted for octo-sts's configurations. Without effect."
  type        = string
  default     = "sticky-routes"
}

variable "sticky_store_firestore_ttl" {
  description = "How long the App that serves a caller is remembered after its last use, in any store."
  type        = string
  default     = "1h"
}

variable "webhook_enabled" {
  description = "Whether the webhook runs. False deletes it where it does."
  type        = bool
  default     = true
}

variable "webhook_secret_versions" {
  description = "Versions of the secret NAME-webhook-secret that count, such as [\"1\"]; several during a rotation. The secret is added outside Terraform. Needed as soon as an App has a key."
  type        = list(string)
  default     = []
}

variable "shared_state" {
  description = "Makes a Memorystore for Valkey that all replicas share: location, the region it is in, which has to be named where there are several, and for which another makes another store; node_type; replicas; engine_version; tls; connection_policy, whether to make the policy that gives it addresses in the network (only one can be there for a network and region). Null: none."
  type = object({
    location          = optional(string)
    node_type         = optional(string, "SHARED_CORE_NANO")
    replicas          = optional(number, 1)
    engine_version    = optional(string, "VALKEY_8_0")
    tls               = optional(bool, false)
    connection_policy = optional(bool, true)
  })
  default = null

  validation {
    condition     = try(var.shared_state.location, null) == null ? true : contains(keys(var.regions), var.shared_state.location)
    error_message = "Set shared_state.location to one of the regions of the service."
  }
  validation {
    condition     = var.shared_state == null || length(var.regions) <= 1 || try(var.shared_state.location, null) != null
    error_message = "Set shared_state.location to the region that the store is in, or is to be in: with several regions it is not clear, and another one would replace the store."
  }
}

variable "scaling" {
  description = "Instances of the service in each region, and the requests that one takes at a time."
  type = object({
    min_instances = optional(number, 1)
    max_instances = optional(number, 20)
    concurrency   = optional(number, 100)
  })
  default = {}
}

variable "webhook_scaling" {
  description = "Instances of the webhook in each region, and the requests that one takes at a time. With none running, deliveries that failed are not looked for."
  type = object({
    min_instances = optional(number, 1)
    max_instances = optional(number, 5)
    concurrency   = optional(number, 50)
  })
  default = {}
}

variable "resources" {
  description = "Processors and memory of an instance of either program."
  type = object({
    cpu    = optional(string, "1")
    memory = optional(string, "512Mi")
  })
  default = {}
}

variable "invoker_iam_disabled" {
  description = "Whether Cloud Run lets everybody in without a grant to allUsers, which some organizations forbid. The programs authenticate their callers in both cases."
  type        = bool
  default     = false
}

variable "env" {
  description = "Further variables of both programs. Nothing secret."
  type        = map(string)
  default     = {}
}

variable "secret_env" {
  description = "Further variables of both programs whose values are in Secret Manager: from the name to the id of the secret, in this project, and its version. The service accounts get access."
  type = map(object({
    secret  = string
    version = optional(string, "latest")
  }))
  default = {}
}

variable "metrics_sidecar_image" {
  description = "Image of Google's Prometheus sidecar, which the dashboard and most alerts live on. Empty: none."
  type        = string
  default     = "us-docker.pkg.dev/cloud-ops-agents-artifacts/cloud-run-gmp-sidecar/cloud-run-gmp-sidecar:1.2.0"
}

variable "policy_not_found_threshold" {
  description = "Policies that one identity may look for in vain in an hour before there is an alert."
  type        = number
  default     = 200
}

variable "missing_identities" {
  description = "Identities that this alert leaves out. Default: the one without a policy that the prober asks for."
  type        = list(string)
  default     = ["does-not-exist"]
}

variable "kms_audit_logs" {
  description = "Whether the use of keys gets into the audit log of the project, which the alert on the keys reads. There is one audit configuration of cloudkms.googleapis.com in a project, and this one replaces it: false where it is kept elsewhere, with DATA_READ and DATA_WRITE."
  type        = bool
  default     = true
}

variable "runbooks_url" {
  description = "Where the runbooks are read: each alert leads to its section."
  type        = string
  default     = "https://github.com/github-sts/github-sts/blob/main/docs/runbooks.md"
}

variable "prober_name" {
  description = "Name of the probers, as the prober module has it. Empty: there are none, and no alerts about them."
  type        = string
  default     = ""
}

variable "deployer_emails" {
  description = "Who may make keys and set their permissions without an alert. Empty: whoever runs Terraform."
  type        = list(string)
  default     = []
}
