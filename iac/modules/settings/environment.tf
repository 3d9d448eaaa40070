variable "env" {
  description = "Further variables of the service and the webhook."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.env), local.own_variables)) == 0
    error_message = "Take ${join(", ", setintersection(keys(var.env), local.own_variables))} out of env: the module sets it itself, from its own inputs."
  }
  validation {
    condition     = length([for name, value in var.env : name if can(regex(local.secret_pattern, "${name}=${value}"))]) == 0
    error_message = "Take ${join(", ", [for name, value in var.env : name if can(regex(local.secret_pattern, "${name}=${value}"))])} out of env: what is there ends up in plans and states in plain text. Put it into Secret Manager, and name it in secret_env."
  }
}

variable "secret_env" {
  description = "Names of further variables whose values are in Secret Manager."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setintersection(var.secret_env, local.own_variables)) == 0 && length(setintersection(var.secret_env, keys(var.env))) == 0
    error_message = "Name in secret_env only variables that are not in env and that the module does not set itself."
  }
}

locals {
  own_variables = concat([
    "PORT", "METRICS_PORT", "STS_DOMAIN", "GITHUB_APP_IDS", "KMS_KEYS", "KMS_PROVIDER", "APP_CONFIG_FILE",
    "APP_SECRET_CERTIFICATE_FILE", "APP_SECRET_CERTIFICATE_ENV_VAR", "EVENT_INGRESS_URI", "OCTOSTS_STICKY_STORE",
    "OCTOSTS_STICKY_STORE_FIRESTORE_TTL", "GITHUB_WEBHOOK_SECRET", "GITHUB_WEBHOOK_ORGANIZATION_FILTER",
    "K_SERVICE", "K_REVISION", "K_CONFIGURATION",
    # Without shared_state they may name a store of somebody's own.
  ], var.shared_state_enabled ? ["STS_STORE", "STS_REDIS_URL", "STS_REDIS_CA_FILE"] : [])

  # What is secret by its name or by its value, in NAME=VALUE. The prober has the same list.
  secret_pattern = "(?is)(${join("|", jsondecode(file("${path.module}/secret-variables.json")))})"

  pools_path = "/etc/github-sts/pools.yaml"

  app_selection = local.multi_organization ? { APP_CONFIG_FILE = local.pools_path } : {
    GITHUB_APP_IDS = join(",", [for app in var.github_apps : app.app_id])
    KMS_KEYS       = join(",", local.kms_keys)
  }

  shared_state = var.shared_state_enabled ? merge(
    { STS_STORE = "redis", STS_REDIS_URL = var.redis_url },
    var.redis_ca_file == "" ? {} : { STS_REDIS_CA_FILE = var.redis_ca_file },
  ) : {}

  common = merge({ GOOGLE_CLOUD_PROJECT = var.project_id }, local.app_selection, local.shared_state)

  app_environment = merge(
    {
      # The load balancer appends the caller's address and its own to X-Forwarded-For.
      # https://cloud.google.com/load-balancing/docs/https#x-forwarded-for_header
      STS_TRUSTED_HOPS = "2"
    },
    local.common,
    {
      STS_DOMAIN                         = var.domain
      OCTOSTS_STICKY_STORE_FIRESTORE_TTL = var.sticky_store_firestore_ttl
    },
    contains(["memory", "redis"], var.sticky_store) ? { OCTOSTS_STICKY_STORE = var.sticky_store } : {},
    var.env,
  )

  webhook_environment = merge(
    local.common,
    {
      # Beside a file of pools it names no App, but says that GITHUB_WEBHOOK_SECRET holds names, not the secret.
      KMS_KEYS              = join(",", local.kms_keys)
      GITHUB_WEBHOOK_SECRET = join(",", [for version in var.webhook_secret_versions : "${var.webhook_secret_id}/versions/${version}"])
    },
    var.github_webhook_organization_filter == "" ? {} : {
      GITHUB_WEBHOOK_ORGANIZATION_FILTER = var.github_webhook_organization_filter
    },
    var.env,
  )
}
