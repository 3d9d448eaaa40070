variables {
  project_id            = "acme-sts"
  name                  = "github-sts"
  regions               = { europe-west1 = { network = "n", subnet = "s" }, us-central1 = {} }
  image                 = "example.com/app@sha256:0000"
  protocol              = "h2c"
  service_account       = "github-sts@acme-sts.iam.gserviceaccount.com"
  scaling               = { min_instances = 1, max_instances = 5, concurrency = 100 }
  timeout_seconds       = 60
  deletion_protection   = true
  metrics_sidecar_image = "example.com/sidecar:1"
}

run "takes_requests_from_the_load_balancer_alone" {
  command = plan
  assert {
    condition     = alltrue([for service in values(google_cloud_run_v2_service.this) : service.ingress == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"])
    error_message = "From the internet there must be no way around the load balancer."
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.public-services-are-unauthenticated["us-central1"].member == "allUsers"
    error_message = "The program authenticates its callers, not Cloud Run."
  }
}

run "works_on_after_answers" {
  command = plan
  assert {
    condition     = google_cloud_run_v2_service.this["us-central1"].template[0].containers[0].resources[0].cpu_idle == false
    error_message = "Processors have to be there between requests."
  }
}

run "is_probed_for_life_and_not_for_readiness" {
  command = plan
  assert {
    condition = alltrue([
      for container in google_cloud_run_v2_service.this["us-central1"].template[0].containers :
      container.liveness_probe[0].http_get[0].path == "/healthz" && container.startup_probe[0].http_get[0].path == "/healthz"
      if container.name == "program"
    ])
    error_message = "A program that GitHub refuses must not be restarted for it."
  }
}

run "speaks_http2_where_grpc_is_spoken" {
  command = plan
  assert {
    condition     = google_cloud_run_v2_service.this["us-central1"].template[0].containers[0].ports[0].name == "h2c"
    error_message = "gRPC needs HTTP/2 to the container."
  }
}

run "sends_private_traffic_alone_into_the_network" {
  command = plan
  assert {
    condition     = google_cloud_run_v2_service.this["europe-west1"].template[0].vpc_access[0].egress == "PRIVATE_RANGES_ONLY"
    error_message = "GitHub is reached directly."
  }
  assert {
    condition     = length(google_cloud_run_v2_service.this["us-central1"].template[0].vpc_access) == 0
    error_message = "Without a network there is no way into one."
  }
}

run "gives_each_region_its_own_variables" {
  command = plan
  variables {
    env          = { STS_DOMAIN = "sts.example.com" }
    regional_env = { europe-west1 = { EVENT_INGRESS_URI = "https://broker.example.com" } }
  }
  assert {
    condition = {
      for variable in google_cloud_run_v2_service.this["europe-west1"].template[0].containers[0].env : variable.name => variable.value
    } == { EVENT_INGRESS_URI = "https://broker.example.com", STS_DOMAIN = "sts.example.com" }
    error_message = "What is said for a region has to reach it."
  }
  assert {
    condition     = length(google_cloud_run_v2_service.this["us-central1"].template[0].containers[0].env) == 1
    error_message = "What is said for a region has to reach it alone."
  }
}

run "takes_secrets_by_reference_alone" {
  command = plan
  variables {
    secret_env = { STS_WEBHOOK_SECRETS = { secret = "further", version = "3" } }
  }
  assert {
    condition = alltrue([
      for variable in google_cloud_run_v2_service.this["us-central1"].template[0].containers[0].env :
      variable.value_source[0].secret_key_ref[0].secret == "further" && variable.value_source[0].secret_key_ref[0].version == "3"
    ])
    error_message = "A secret has to be named, not copied."
  }
}

run "mounts_files" {
  command = plan
  variables {
    files = { pools = { directory = "/etc/github-sts", file = "pools.yaml", secret = "github-sts-app-config", version = "2" } }
  }
  assert {
    condition     = google_cloud_run_v2_service.this["us-central1"].template[0].containers[0].volume_mounts[0].mount_path == "/etc/github-sts"
    error_message = "The file has to be where the program looks."
  }
  assert {
    condition = contains([
      for volume in google_cloud_run_v2_service.this["us-central1"].template[0].volumes : volume.secret[0].items[0].path if volume.name == "pools"
    ], "pools.yaml")
    error_message = "The file has to have the name that the program looks for."
  }
}

run "scrapes_the_port_of_the_metrics" {
  command = plan
  assert {
    condition     = nonsensitive(yamldecode(google_secret_manager_secret_version.metrics[0].secret_data)).spec.endpoints[0].port == 2112
    error_message = "Metrics have a port of their own."
  }
}

run "runs_without_a_sidecar" {
  command = plan
  variables {
    metrics_sidecar_image = ""
  }
  assert {
    condition     = length(google_cloud_run_v2_service.this["us-central1"].template[0].containers) == 1 && length(google_secret_manager_secret.metrics) == 0
    error_message = "Without an image there is no sidecar."
  }
}

run "lets_only_those_in_that_are_named" {
  command = plan
  variables {
    ingress  = "INGRESS_TRAFFIC_ALL"
    invokers = ["serviceAccount:monitoring@example.iam.gserviceaccount.com"]
  }
  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.public-services-are-unauthenticated) == 0 && length(google_cloud_run_v2_service_iam_binding.invokers) == 2
    error_message = "Nobody else may be let in."
  }
}

run "refuses_to_let_everybody_in_past_the_load_balancer" {
  command = plan
  variables {
    ingress = "INGRESS_TRAFFIC_ALL"
  }
  expect_failures = [var.invokers]
}

run "refuses_more_least_than_most_instances" {
  command = plan
  variables {
    scaling = { min_instances = 6, max_instances = 5, concurrency = 100 }
  }
  expect_failures = [var.scaling]
}

run "refuses_a_concurrency_that_cloud_run_does_not_take" {
  command = plan
  variables {
    scaling = { min_instances = 0, max_instances = 5, concurrency = 2000 }
  }
  expect_failures = [var.scaling]
}

run "refuses_everybody_among_the_invokers" {
  command = plan
  variables {
    ingress  = "INGRESS_TRAFFIC_ALL"
    invokers = ["serviceAccount:monitoring@example.iam.gserviceaccount.com", "allUsers"]
  }
  expect_failures = [var.invokers]
}

run "refuses_everybody_with_an_account_among_the_invokers" {
  command = plan
  variables {
    invokers = ["allAuthenticatedUsers"]
  }
  expect_failures = [var.invokers]
}

run "lets_everybody_in_without_a_grant" {
  command = plan
  variables {
    invoker_iam_disabled = true
  }
  assert {
    condition     = alltrue([for service in values(google_cloud_run_v2_service.this) : service.invoker_iam_disabled])
    error_message = "Cloud Run must not ask for a permission that nobody has."
  }
  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.public-services-are-unauthenticated) == 0
    error_message = "An organization that forbids allUsers would refuse the grant."
  }
}

run "looks_at_the_permissions_of_invokers_that_are_named" {
  command = plan
  variables {
    invokers             = ["serviceAccount:monitoring@example.iam.gserviceaccount.com"]
    invoker_iam_disabled = true
  }
  expect_failures = [var.invoker_iam_disabled]
}

run "refuses_part_of_a_processor" {
  command = plan
  variables {
    resources = { cpu = "0.5" }
  }
  expect_failures = [var.resources]
}

run "refuses_too_little_memory" {
  command = plan
  variables {
    resources = { memory = "128Mi" }
  }
  expect_failures = [var.resources]
}

run "refuses_too_little_memory_for_many_processors" {
  command = plan
  variables {
    resources = { cpu = "4", memory = "1Gi" }
  }
  expect_failures = [var.resources]
}

run "takes_more_memory" {
  command = plan
  variables {
    resources = { cpu = "4", memory = "2Gi" }
  }
  assert {
    condition     = google_cloud_run_v2_service.this["us-central1"].template[0].containers[0].resources[0].limits.memory == "2Gi"
    error_message = "The program has to get the memory that it is given."
  }
}

run "refuses_no_image" {
  command = plan
  variables {
    image = ""
  }
  expect_failures = [var.image]
}
