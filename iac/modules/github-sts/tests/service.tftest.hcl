# Planned and never applied: prevent_destroy would keep what a test has made.
override_resource {
  target          = google_service_account.octo-sts
  override_during = plan
  values          = { email = "github-sts@acme-sts.iam.gserviceaccount.com" }
}

override_resource {
  target          = google_service_account.webhook
  override_during = plan
  values          = { email = "github-sts-webhook@acme-sts.iam.gserviceaccount.com" }
}

override_resource {
  target          = google_kms_key_ring.app-keyring
  override_during = plan
  values          = { id = "projects/acme-sts/locations/global/keyRings/github-sts" }
}

variables {
  project_id = "acme-sts"
  name       = "github-sts"
  domain     = "sts.example.com"
  regions = {
    europe-west1 = { network = "projects/acme-sts/global/networks/github-sts", subnet = "projects/acme-sts/regions/europe-west1/subnetworks/github-sts" }
    us-central1  = { network = "projects/acme-sts/global/networks/github-sts", subnet = "projects/acme-sts/regions/us-central1/subnetworks/github-sts" }
  }
  github_apps             = [{ app_id = 111, key_version = 1 }]
  webhook_secret_versions = ["1"]
  notification_channels   = []
}

run "runs_both_programs_in_every_region" {
  command = plan
  assert {
    condition     = output.app.name == "github-sts" && output.webhook.name == "github-sts-webhook"
    error_message = "The names of the services have to be octo-sts's."
  }
  assert {
    condition     = join(",", keys(module.this.uris)) == "europe-west1,us-central1" && join(",", keys(module.webhook.uris)) == "europe-west1,us-central1"
    error_message = "Both programs have to run in every region."
  }
  assert {
    condition     = google_service_account.octo-sts.account_id != google_service_account.webhook.account_id
    error_message = "Each program has to have a service account of its own."
  }
}

run "lets_only_the_two_programs_sign_and_lets_them_do_nothing_else" {
  command = plan
  assert {
    condition     = google_kms_key_ring_iam_binding.signer-members.role == "roles/cloudkms.signer"
    error_message = "Signing is all that is needed."
  }
  assert {
    condition = toset(google_kms_key_ring_iam_binding.signer-members.members) == toset([
      "serviceAccount:${google_service_account.octo-sts.email}", "serviceAccount:${google_service_account.webhook.email}",
    ])
    error_message = "Nobody else may sign."
  }
}

run "lets_only_the_webhook_read_its_secret" {
  command = plan
  assert {
    condition     = toset(google_secret_manager_secret_iam_binding.webhook-accessor.members) == toset(["serviceAccount:${google_service_account.webhook.email}"])
    error_message = "The service has no use for the secret of the webhook."
  }
}

run "sends_no_events_without_an_ingress" {
  command = plan
  assert {
    condition     = length(module.sts-emits-events) == 0
    error_message = "Without private-services there is nowhere to send events to."
  }
}

run "sends_events_to_the_ingress_of_each_region" {
  command = plan
  variables {
    private-services = { eventing-ingress = { name = "broker" } }
  }
  assert {
    condition     = join(",", keys(module.sts-emits-events)) == "europe-west1,us-central1"
    error_message = "Each region has to send its events to its own ingress."
  }
}

run "makes_a_file_of_pools_for_organizations_alone" {
  command = plan
  assert {
    condition     = length(google_secret_manager_secret.app-config) == 0
    error_message = "Without organizations there is no file of pools."
  }
}

run "mounts_a_file_of_pools_for_organizations" {
  command = plan
  variables {
    github_apps = [
      { app_id = 111, key_version = 1, org_name = "Acme" },
      { app_id = 222, key_version = 1, org_name = "*" },
    ]
  }
  assert {
    condition     = nonsensitive(yamldecode(google_secret_manager_secret_version.app-config[0].secret_data)).orgs[0].name == "acme"
    error_message = "The file of pools has to name the organizations."
  }
  assert {
    condition = toset([
      google_secret_manager_secret_iam_member.app-config-accessor[0].member,
      google_secret_manager_secret_iam_member.app-config-webhook-accessor[0].member,
    ]) == toset(["serviceAccount:${google_service_account.octo-sts.email}", "serviceAccount:${google_service_account.webhook.email}"])
    error_message = "Both programs have to be able to read the file."
  }
}

run "shares_state_when_told_to" {
  command = plan
  variables {
    shared_state = { location = "us-central1" }
  }
  assert {
    condition     = google_memorystore_instance.state[0].location == "us-central1" && google_memorystore_instance.state[0].mode == "CLUSTER_DISABLED"
    error_message = "One store for all regions, where it was told to be."
  }
  assert {
    condition     = length(google_network_connectivity_service_connection_policy.state) == 1
    error_message = "The store needs an address in the network."
  }
}

run "refuses_a_store_in_any_of_several_regions" {
  command = plan
  variables {
    shared_state = {}
  }
  expect_failures = [var.shared_state]
}

run "refuses_a_store_outside_the_regions" {
  command = plan
  variables {
    shared_state = { location = "asia-east1" }
  }
  expect_failures = [var.shared_state]
}

run "refuses_no_region" {
  command = plan
  variables {
    regions = {}
  }
  expect_failures = [var.regions]
}

run "warns_of_a_store_that_is_not_supported" {
  command = plan
  variables {
    sticky_store = "firestore"
  }
  expect_failures = [check.sticky_store]
}

run "cuts_the_account_of_the_webhook_where_its_name_is_too_long" {
  command = plan
  variables {
    name = "chainguard-octo-sts-stage-2"
  }
  assert {
    condition     = google_service_account.octo-sts.account_id == "chainguard-octo-sts-stage-2" && google_kms_key_ring.app-keyring.name == "chainguard-octo-sts-stage-2"
    error_message = "A name that octo-sts takes has to stay."
  }
  assert {
    condition     = google_service_account.webhook.account_id == "chainguard-octo-s-${substr(sha256("chainguard-octo-sts-stage-2"), 0, 4)}-webhook"
    error_message = "The account of the webhook has to have a name of its own, of at most 30 characters."
  }
  assert {
    condition     = output.webhook.name == "chainguard-octo-sts-stage-2-webhook"
    error_message = "The service of the webhook has to keep its name."
  }
}
