variables {
  project_id            = "acme-sts"
  name                  = "github-sts"
  domain                = "sts.example.com"
  regions               = { europe-west1 = { network = "projects/acme-sts/global/networks/github-sts", subnet = "projects/acme-sts/regions/europe-west1/subnetworks/github-sts" } }
  notification_channels = []
}

run "makes_keys_and_no_services_before_a_key_is_imported" {
  command = plan
  variables {
    github_apps = [{ app_id = 111, key_version = 0 }, { app_id = 222, key_version = 0 }]
  }
  assert {
    condition     = join(",", keys(google_kms_crypto_key.app-keys)) == "111,222"
    error_message = "Each App has to have one key, for its private key to be imported into."
  }
  assert {
    condition     = alltrue([for key in values(google_kms_crypto_key.app-keys) : key.import_only && key.skip_initial_version_creation])
    error_message = "A key has to take imports only: the private key comes from GitHub."
  }
  assert {
    condition     = length(module.this.uris) == 0 && length(module.webhook.uris) == 0 && !output.is_served
    error_message = "There is nothing to run without a key."
  }
  expect_failures = [check.served]
}

run "runs_the_service_alone_without_a_webhook" {
  command = plan
  variables {
    github_apps     = [{ app_id = 111, key_version = 1 }]
    webhook_enabled = false
  }
  assert {
    condition     = length(module.this.uris) == 1 && length(module.webhook.uris) == 0
    error_message = "Without the webhook only the service runs."
  }
}

run "keeps_the_keys_of_apps_that_are_not_served" {
  command = plan
  variables {
    github_apps     = [{ app_id = 111, key_version = 1, org_name = "acme" }]
    unserved_apps   = [222]
    webhook_enabled = false
  }
  assert {
    condition     = join(",", keys(google_kms_crypto_key.app-keys)) == "111,222" && join(",", keys(module.settings.kms_keys)) == "111"
    error_message = "An App has to have a key before it is served, and afterwards."
  }
}

run "refuses_an_app_that_is_served_and_not" {
  command = plan
  variables {
    github_apps     = [{ app_id = 111, key_version = 1 }]
    unserved_apps   = [111]
    webhook_enabled = false
  }
  expect_failures = [var.unserved_apps]
}
