variables {
  project_id              = "acme-sts"
  name                    = "github-sts"
  domain                  = "sts.example.com"
  key_ring_id             = "projects/acme-sts/locations/global/keyRings/github-sts"
  webhook_secret_id       = "projects/acme-sts/secrets/github-sts-webhook-secret"
  webhook_secret_versions = ["2", "1"]
  github_apps             = [{ app_id = 111, key_version = 1 }, { app_id = 222, key_version = 0 }]
}

run "names_apps_and_keys_by_place" {
  command = plan
  assert {
    condition     = output.app_environment.GITHUB_APP_IDS == "111,222"
    error_message = "All Apps have to be named, in their order."
  }
  assert {
    condition     = output.app_environment.KMS_KEYS == "projects/acme-sts/locations/global/keyRings/github-sts/cryptoKeys/app-signing-key-111/cryptoKeyVersions/1,"
    error_message = "An App without a key has to have an empty place."
  }
  assert {
    condition     = output.app_environment.STS_DOMAIN == "sts.example.com" && !contains(keys(output.app_environment), "APP_CONFIG_FILE")
    error_message = "The service has to know its domain, and no file of pools."
  }
}

run "reads_the_file_of_pools_in_both_programs" {
  command = plan
  variables {
    github_apps = [{ app_id = 111, key_version = 1, org_name = "acme" }]
  }
  assert {
    condition     = output.app_environment.APP_CONFIG_FILE == output.pools_path && output.webhook_environment.APP_CONFIG_FILE == output.pools_path
    error_message = "Both programs have to read the file of pools."
  }
  assert {
    condition     = length(setintersection(keys(output.app_environment), ["GITHUB_APP_IDS", "KMS_KEYS"])) == 0
    error_message = "Beside a file of pools the service needs no other names of Apps."
  }
  assert {
    condition     = output.webhook_environment.KMS_KEYS != ""
    error_message = "Without KMS_KEYS the webhook would take the name of its secret for the secret."
  }
}

run "names_the_versions_of_the_webhook_secret" {
  command = plan
  assert {
    condition = output.webhook_environment.GITHUB_WEBHOOK_SECRET == join(",", [
      "projects/acme-sts/secrets/github-sts-webhook-secret/versions/2",
      "projects/acme-sts/secrets/github-sts-webhook-secret/versions/1",
    ])
    error_message = "The webhook has to get names of versions, in their order."
  }
  assert {
    condition     = !contains(keys(output.app_environment), "GITHUB_WEBHOOK_SECRET")
    error_message = "The service has no use for the secret of the webhook."
  }
}

run "shares_state_in_both_programs" {
  command = plan
  variables {
    shared_state_enabled = true
    redis_url            = "rediss://10.0.0.2:6379"
    redis_ca_file        = "/etc/github-sts-redis/ca.pem"
    sticky_store         = "redis"
  }
  assert {
    condition = alltrue([
      for environment in [output.app_environment, output.webhook_environment] :
      environment.STS_STORE == "redis" && environment.STS_REDIS_URL == "rediss://10.0.0.2:6379" && environment.STS_REDIS_CA_FILE == "/etc/github-sts-redis/ca.pem"
    ])
    error_message = "The webhook's notices reach the service through the same store."
  }
  assert {
    condition     = output.app_environment.OCTOSTS_STICKY_STORE == "redis"
    error_message = "What sticky_store says has to reach the service."
  }
}

run "takes_the_store_of_octo_sts_for_none" {
  command = plan
  variables {
    sticky_store               = "firestore"
    sticky_store_firestore_ttl = "2h"
  }
  assert {
    condition     = !contains(keys(output.app_environment), "OCTOSTS_STICKY_STORE") && output.app_environment.OCTOSTS_STICKY_STORE_FIRESTORE_TTL == "2h"
    error_message = "The time counts in any store, and the store follows STS_STORE."
  }
}

run "adds_variables_to_both_programs" {
  command = plan
  variables {
    env = { STS_TRUSTED_HOPS = "3", STS_STRICT_POLICIES = "true" }
  }
  assert {
    condition     = output.app_environment.STS_TRUSTED_HOPS == "3" && output.webhook_environment.STS_STRICT_POLICIES == "true"
    error_message = "Variables of env have to reach both programs."
  }
}

run "refuses_to_override_what_the_module_sets" {
  command = plan
  variables {
    env = { KMS_KEYS = "" }
  }
  expect_failures = [var.env]
}

run "refuses_a_secret_in_plain_text" {
  command = plan
  variables {
    env = { STS_WEBHOOK_SECRETS = "[\"made-up\"]" }
  }
  expect_failures = [var.env]
}

run "refuses_a_variable_in_two_places" {
  command = plan
  variables {
    env        = { STS_LOG_LEVEL = "info" }
    secret_env = ["STS_LOG_LEVEL"]
  }
  expect_failures = [var.secret_env]
}

run "refuses_a_webhook_without_a_secret" {
  command = plan
  variables {
    webhook_secret_versions = []
  }
  expect_failures = [var.webhook_secret_versions]
}

run "asks_for_no_secret_without_a_webhook" {
  command = plan
  variables {
    webhook_enabled         = false
    webhook_secret_versions = []
  }
  assert {
    condition     = output.is_served
    error_message = "The service runs without a webhook, too."
  }
}

run "refuses_the_secret_itself" {
  command = plan
  variables {
    webhook_secret_versions = ["correct-horse"]
  }
  expect_failures = [var.webhook_secret_versions]
}

run "refuses_a_domain_with_a_scheme" {
  command = plan
  variables {
    domain = "https://sts.example.com"
  }
  expect_failures = [var.domain]
}

run "refuses_a_domain_in_upper_case" {
  command = plan
  variables {
    domain = "STS.example.com"
  }
  expect_failures = [var.domain]
}

run "refuses_a_name_that_leaves_no_room" {
  command = plan
  variables {
    name = "github-sts-of-the-platform-team"
  }
  expect_failures = [var.name]
}

run "refuses_a_shared_store_that_is_not_there" {
  command = plan
  variables {
    sticky_store = "redis"
  }
  expect_failures = [var.sticky_store]
}

run "refuses_a_store_that_is_unknown" {
  command = plan
  variables {
    sticky_store = "postgres"
  }
  expect_failures = [var.sticky_store]
}

run "refuses_a_time_without_a_unit" {
  command = plan
  variables {
    sticky_store_firestore_ttl = "60"
  }
  expect_failures = [var.sticky_store_firestore_ttl]
}

run "takes_a_store_of_somebodys_own" {
  command = plan
  variables {
    env          = { STS_STORE = "redis" }
    secret_env   = ["STS_REDIS_URL"]
    sticky_store = "redis"
  }
  assert {
    condition     = output.app_environment.STS_STORE == "redis" && output.webhook_environment.STS_STORE == "redis"
    error_message = "A store of somebody's own has to reach both programs."
  }
}

run "refuses_two_stores" {
  command = plan
  variables {
    shared_state_enabled = true
    redis_url            = "redis://10.0.0.2:6379"
    env                  = { STS_STORE = "memory" }
  }
  expect_failures = [var.env]
}

run "refuses_a_password_in_an_address" {
  command = plan
  variables {
    env = { STS_STORE = "redis", STS_REDIS_URL = "rediss://u:made-up@redis.example.com" }
  }
  expect_failures = [var.env]
}
