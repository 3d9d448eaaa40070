locals {
  prober_name    = "${var.name}-prober"
  primary_region = coalesce(var.primary_region, var.regions[0])

  # Cloud Run does not pull from every place. Artifact Registry fetches from where the images are published.
  registry = join("/", [
    "${google_artifact_registry_repository.images.location}-docker.pkg.dev",
    var.project_id,
    google_artifact_registry_repository.images.repository_id,
    "github-sts",
  ])
}

resource "google_artifact_registry_repository" "images" {
  project       = var.project_id
  location      = local.primary_region
  repository_id = var.name
  description   = "Images of github-sts, as they are published"
  format        = "DOCKER"
  mode          = "REMOTE_REPOSITORY"

  remote_repository_config {
    docker_repository {
      custom_repository {
        uri = "https://ghcr.io"
      }
    }
  }
}

module "network" {
  source = "../../modules/network"

  project_id = var.project_id
  name       = var.name
  regions    = var.regions
  cidrs      = var.cidrs
  dns_name   = var.domain

  # The load balancer comes with the services, once an App has a key.
  services = module.github-sts.is_served ? {
    (var.domain)            = module.github-sts.app.name
    "webhook.${var.domain}" = module.github-sts.webhook.name
  } : {}
}

module "github-sts" {
  source = "../../modules/github-sts"

  project_id = var.project_id
  name       = var.name
  regions    = module.network.regions
  domain     = var.domain

  images = {
    app     = "${local.registry}/github-sts-app:${var.release}"
    webhook = "${local.registry}/github-sts-webhook:${var.release}"
  }

  github_apps             = var.github_apps
  webhook_secret_versions = var.webhook_secret_versions
  shared_state            = var.shared_state ? { location = local.primary_region } : null
  notification_channels   = var.notification_channels
  prober_name             = var.prober_scope == "" ? "" : local.prober_name
}

module "prober" {
  source = "../../modules/prober"
  count  = var.prober_scope != "" && module.github-sts.is_served ? 1 : 0

  project_id = var.project_id
  name       = local.prober_name
  regions    = { (local.primary_region) = {} }
  domain     = var.domain
  scope      = var.prober_scope

  images = {
    prober          = "${local.registry}/github-sts-prober:${var.release}"
    negative_prober = "${local.registry}/github-sts-negative-prober:${var.release}"
  }

  notification_channels = var.notification_channels
}

module "recorder" {
  source = "../../modules/recorder"

  project_id   = var.project_id
  name         = "${var.name}-recorder"
  location     = var.records_location
  service_name = var.name
}
