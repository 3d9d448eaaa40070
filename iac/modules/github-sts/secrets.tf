# The container alone. Versions are added outside Terraform, so that no plan and no state ever holds the secret.
resource "google_secret_manager_secret" "webhook" {
  project   = var.project_id
  secret_id = local.webhook_secret_id

  replication {
    auto {}
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_secret_manager_secret_iam_binding" "webhook-accessor" {
  secret_id = google_secret_manager_secret.webhook.id
  role      = "roles/secretmanager.secretAccessor"
  members   = ["serviceAccount:${google_service_account.webhook.email}"]
}

# The file of pools holds ids and names of keys, nothing secret. This is how Cloud Run mounts a file.
resource "google_secret_manager_secret" "app-config" {
  count = module.settings.multi_organization ? 1 : 0

  project   = var.project_id
  secret_id = "${var.name}-app-config"

  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "app-config" {
  count = module.settings.multi_organization ? 1 : 0

  secret      = google_secret_manager_secret.app-config[0].id
  secret_data = module.settings.pools_yaml

  # Revisions name the version that they were made with, so that a revision can be gone back to.
  deletion_policy = "ABANDON"
  lifecycle {
    create_before_destroy = true
  }
}

resource "google_secret_manager_secret_iam_member" "app-config-accessor" {
  count = module.settings.multi_organization ? 1 : 0

  project   = var.project_id
  secret_id = google_secret_manager_secret.app-config[0].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${google_service_account.octo-sts.email}"
}

resource "google_secret_manager_secret_iam_member" "app-config-webhook-accessor" {
  count = module.settings.multi_organization ? 1 : 0

  project   = var.project_id
  secret_id = google_secret_manager_secret.app-config[0].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${google_service_account.webhook.email}"
}

resource "google_secret_manager_secret_iam_member" "secret-env" {
  for_each = {
    for pair in setproduct(keys(local.programs), keys(var.secret_env)) : "${pair[0]} ${pair[1]}" => {
      email  = local.programs[pair[0]]
      secret = var.secret_env[pair[1]].secret
    }
  }

  project   = var.project_id
  secret_id = each.value.secret
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${each.value.email}"
}

locals {
  secret_env = { for name, source in var.secret_env : name => { secret = source.secret, version = source.version } }

  pools_file = module.settings.multi_organization ? {
    pools = {
      directory = dirname(module.settings.pools_path)
      file      = basename(module.settings.pools_path)
      secret    = google_secret_manager_secret.app-config[0].secret_id
      version   = google_secret_manager_secret_version.app-config[0].version
    }
  } : {}

  files = merge(local.pools_file, local.redis_ca)
}
