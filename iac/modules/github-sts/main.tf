locals {
  webhook_name      = "${var.name}-webhook"
  webhook_secret_id = "${var.name}-webhook-secret"

  # At most 30 characters. A longer name is cut, and told from others that begin alike.
  webhook_account_id = length(local.webhook_name) <= 30 ? local.webhook_name : join("-", [
    trimsuffix(substr(var.name, 0, 17), "-"), substr(sha256(var.name), 0, 4), "webhook",
  ])

  # There is something to run once an App has a key.
  app_regions     = module.settings.is_served ? var.regions : {}
  webhook_regions = var.webhook_enabled ? local.app_regions : {}

  programs = {
    app     = google_service_account.octo-sts.email
    webhook = google_service_account.webhook.email
  }
}

module "settings" {
  source = "../settings"

  project_id                         = var.project_id
  name                               = var.name
  domain                             = var.domain
  github_apps                        = var.github_apps
  key_ring_id                        = google_kms_key_ring.app-keyring.id
  webhook_enabled                    = var.webhook_enabled
  webhook_secret_id                  = "projects/${var.project_id}/secrets/${local.webhook_secret_id}"
  webhook_secret_versions            = var.webhook_secret_versions
  github_webhook_organization_filter = var.github_webhook_organization_filter
  sticky_store                       = var.sticky_store
  sticky_store_firestore_ttl         = var.sticky_store_firestore_ttl
  shared_state_enabled               = var.shared_state != null
  redis_url                          = local.redis_url
  redis_ca_file                      = local.redis_ca_file
  env                                = var.env
  secret_env                         = keys(var.secret_env)
}

module "this" {
  source = "../service"

  project_id            = var.project_id
  name                  = var.name
  regions               = local.app_regions
  image                 = var.images.app
  protocol              = "h2c"
  service_account       = google_service_account.octo-sts.email
  env                   = module.settings.app_environment
  regional_env          = { for region, ingress in module.sts-emits-events : region => { EVENT_INGRESS_URI = ingress.uri } }
  secret_env            = local.secret_env
  files                 = local.files
  invoker_iam_disabled  = var.invoker_iam_disabled
  scaling               = var.scaling
  resources             = var.resources
  timeout_seconds       = 60
  deletion_protection   = var.deletion_protection
  metrics_sidecar_image = var.metrics_sidecar_image

  depends_on = [
    google_kms_crypto_key.app-keys,
    google_kms_key_ring_iam_binding.signer-members,
    google_secret_manager_secret_iam_member.app-config-accessor,
    google_secret_manager_secret_iam_member.secret-env,
    google_secret_manager_secret_iam_member.redis-ca,
  ]
}

module "webhook" {
  source = "../service"

  project_id            = var.project_id
  name                  = local.webhook_name
  regions               = local.webhook_regions
  image                 = var.images.webhook
  protocol              = "http1"
  service_account       = google_service_account.webhook.email
  env                   = module.settings.webhook_environment
  secret_env            = local.secret_env
  files                 = local.files
  invoker_iam_disabled  = var.invoker_iam_disabled
  scaling               = var.webhook_scaling
  resources             = var.resources
  timeout_seconds       = 30
  deletion_protection   = var.deletion_protection
  metrics_sidecar_image = var.metrics_sidecar_image

  depends_on = [
    google_kms_crypto_key.app-keys,
    google_kms_key_ring_iam_binding.signer-members,
    google_secret_manager_secret_iam_binding.webhook-accessor,
    google_secret_manager_secret_iam_member.app-config-webhook-accessor,
    google_secret_manager_secret_iam_member.secret-env,
    google_secret_manager_secret_iam_member.redis-ca,
  ]
}

module "sts-emits-events" {
  source   = "./event-ingress"
  for_each = try(var.private-services.eventing-ingress, null) == null ? {} : var.regions

  project_id      = var.project_id
  region          = each.key
  name            = var.private-services.eventing-ingress.name
  service_account = google_service_account.octo-sts.email
}

module "dashboard" {
  source = "../dashboard"

  project_id                 = var.project_id
  name                       = var.name
  webhook_name               = local.webhook_name
  prober_name                = var.prober_name
  key_ring_id                = google_kms_key_ring.app-keyring.id
  signer_emails              = values(local.programs)
  deployer_emails            = length(var.deployer_emails) > 0 ? var.deployer_emails : [data.google_client_openid_userinfo.me.email]
  notification_channels      = var.notification_channels
  policy_not_found_threshold = var.policy_not_found_threshold
  missing_identities         = var.missing_identities
  kms_audit_logs             = var.kms_audit_logs
  runbooks_url               = var.runbooks_url
}

data "google_client_openid_userinfo" "me" {}

check "sticky_store" {
  assert {
    condition     = var.sticky_store != "firestore"
    error_message = "sticky_store = \"firestore\" is not supported and counts as empty: ${var.shared_state == null ? "every replica remembers for itself. With more than one, set shared_state = {}." : "shared_state is used in its place."} The database stays as it is; delete it when you do not go back to octo-sts."
  }
}

check "served" {
  assert {
    condition     = module.settings.is_served
    error_message = "No App has a key_version, so nothing is to run. At a first apply that is right: import a private key next. Later it deletes the services: do not apply."
  }
}
