resource "google_cloud_run_v2_service" "this" {
  for_each = var.regions

  project              = var.project_id
  name                 = var.name
  location             = each.key
  ingress              = var.ingress
  invoker_iam_disabled = var.invoker_iam_disabled
  deletion_protection  = var.deletion_protection

  template {
    service_account                  = var.service_account
    timeout                          = "${var.timeout_seconds}s"
    max_instance_request_concurrency = var.scaling.concurrency

    scaling {
      min_instance_count = var.scaling.min_instances
      max_instance_count = var.scaling.max_instances
    }

    dynamic "vpc_access" {
      for_each = each.value.network == null ? [] : [each.value]
      content {
        # GitHub and issuers are public: they are reached directly, and only private addresses by the network.
        egress = "PRIVATE_RANGES_ONLY"
        network_interfaces {
          network    = vpc_access.value.network
          subnetwork = vpc_access.value.subnet
        }
      }
    }

    containers {
      name  = "program"
      image = var.image

      ports {
        name           = var.protocol
        container_port = 8080
      }

      resources {
        limits = {
          cpu    = var.resources.cpu
          memory = var.resources.memory
        }
        # Revocations, events and check runs go on after the answer.
        cpu_idle          = false
        startup_cpu_boost = true
      }

      dynamic "env" {
        for_each = merge(var.env, lookup(var.regional_env, each.key, {}))
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = var.secret_env
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = env.value.secret
              version = env.value.version
            }
          }
        }
      }

      dynamic "volume_mounts" {
        for_each = var.files
        content {
          name       = volume_mounts.key
          mount_path = volume_mounts.value.directory
        }
      }

      # Not readiness: a key that GitHub refuses has to be seen, and no restart mends it.
      startup_probe {
        period_seconds    = 2
        timeout_seconds   = 2
        failure_threshold = 30
        http_get {
          path = "/healthz"
          port = 8080
        }
      }

      liveness_probe {
        period_seconds    = 15
        timeout_seconds   = 5
        failure_threshold = 4
        http_get {
          path = "/healthz"
          port = 8080
        }
      }
    }

    dynamic "containers" {
      for_each = var.metrics_sidecar_image == "" ? [] : [var.metrics_sidecar_image]
      content {
        name       = "metrics"
        image      = containers.value
        depends_on = ["program"]

        resources {
          limits = {
            cpu    = "1"
            memory = "256Mi"
          }
          cpu_idle = false
        }

        volume_mounts {
          name       = "metrics"
          mount_path = "/etc/rungmp"
        }
      }
    }

    dynamic "volumes" {
      for_each = var.files
      content {
        name = volumes.key
        secret {
          secret = volumes.value.secret
          items {
            version = volumes.value.version
            path    = volumes.value.file
          }
        }
      }
    }

    dynamic "volumes" {
      for_each = google_secret_manager_secret_version.metrics
      content {
        name = "metrics"
        secret {
          secret = google_secret_manager_secret.metrics[0].secret_id
          items {
            version = volumes.value.version
            path    = "config.yaml"
          }
        }
      }
    }
  }

  depends_on = [google_secret_manager_secret_iam_member.metrics]
}

resource "google_cloud_run_v2_service_iam_member" "public-services-are-unauthenticated" {
  for_each = length(var.invokers) == 0 && !var.invoker_iam_disabled ? var.regions : {}

  project  = var.project_id
  location = each.key
  name     = google_cloud_run_v2_service.this[each.key].name
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_binding" "invokers" {
  for_each = length(var.invokers) == 0 ? {} : var.regions

  project  = var.project_id
  location = each.key
  name     = google_cloud_run_v2_service.this[each.key].name
  role     = "roles/run.invoker"
  members  = var.invokers
}
