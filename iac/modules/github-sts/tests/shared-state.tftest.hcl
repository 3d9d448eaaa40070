variables {
  project_id              = "acme-sts"
  name                    = "github-sts"
  domain                  = "sts.example.com"
  regions                 = { europe-west1 = { network = "projects/acme-sts/global/networks/github-sts", subnet = "projects/acme-sts/regions/europe-west1/subnetworks/github-sts" } }
  github_apps             = [{ app_id = 111, key_version = 1 }]
  webhook_secret_versions = ["1"]
  notification_channels   = []
  shared_state            = {}
}

override_resource {
  target          = google_kms_key_ring.app-keyring
  override_during = plan
  values          = { id = "projects/acme-sts/locations/global/keyRings/github-sts" }
}

override_resource {
  target          = google_memorystore_instance.state[0]
  override_during = plan
  values = {
    endpoints = [{
      connections = [
        { psc_auto_connection = [{ ip_address = "10.0.0.3", port = 6379, connection_type = "CONNECTION_TYPE_READER" }] },
        { psc_auto_connection = [{ ip_address = "10.0.0.2", port = 6379, connection_type = "CONNECTION_TYPE_PRIMARY" }] },
      ]
    }]
    managed_server_ca = [{ ca_certs = [{ certificates = ["made-up-1", "made-up-2"] }] }]
  }
}

run "tells_both_programs_where_the_store_is" {
  command = plan
  assert {
    condition = alltrue([
      for environment in [module.settings.app_environment, module.settings.webhook_environment] :
      environment.STS_REDIS_URL == "redis://10.0.0.2:6379" && environment.STS_STORE == "redis"
    ])
    error_message = "The store that is written to has to be named, not a copy to read from."
  }
}

run "encrypts_the_way_to_the_store" {
  command = plan
  variables {
    shared_state = { tls = true }
  }
  assert {
    condition     = google_memorystore_instance.state[0].transit_encryption_mode == "SERVER_AUTHENTICATION" && startswith(module.settings.app_environment.STS_REDIS_URL, "rediss://")
    error_message = "With tls both sides have to speak it."
  }
  assert {
    condition     = nonsensitive(google_secret_manager_secret_version.redis-ca[0].secret_data) == "made-up-1\nmade-up-2"
    error_message = "The programs have to know the authorities of the store."
  }
  assert {
    condition     = length(google_secret_manager_secret_iam_member.redis-ca) == 2 && module.settings.webhook_environment.STS_REDIS_CA_FILE == "/etc/github-sts-redis/ca.pem"
    error_message = "Both programs have to be able to read the authorities."
  }
}

run "uses_a_connection_policy_that_is_there" {
  command = plan
  variables {
    shared_state = { connection_policy = false }
  }
  assert {
    condition     = length(google_network_connectivity_service_connection_policy.state) == 0
    error_message = "There can be one policy for a network and region only."
  }
}
