# Said by the example itself, so at the first apply: later there is a key ring whose name cannot be changed any more.
variables {
  project_id              = "acme-sts"
  regions                 = ["europe-west1"]
  domain                  = "sts.example.com"
  release                 = "1.2.3"
  records_location        = "EU"
  github_apps             = [{ app_id = 12345, key_version = 1 }]
  webhook_secret_versions = ["1"]
  prober_scope            = "acme/prober"
  notification_channels   = []
}

run "takes_a_name_that_the_probers_can_have_later" {
  command = plan
  variables {
    name = "acme-tokens-01"
  }
  assert {
    condition     = local.prober_name == "acme-tokens-01-prober" && length("${local.prober_name}-negative") <= 30
    error_message = "The accounts of the probers have to fit."
  }
}

run "refuses_a_name_that_the_probers_could_not_have_later" {
  command = plan
  variables {
    name = "acme-github-sts"
  }
  expect_failures = [var.name]
}

run "refuses_a_scope_without_a_repository" {
  command = plan
  variables {
    prober_scope = "acme"
  }
  expect_failures = [var.prober_scope]
}

run "refuses_the_tag_in_git_for_that_of_the_images" {
  command = plan
  variables {
    release = "v1.2.3"
  }
  expect_failures = [var.release]
}

run "refuses_no_region" {
  command = plan
  variables {
    regions = []
  }
  expect_failures = [var.regions]
}

run "refuses_to_choose_among_several_regions" {
  command = plan
  variables {
    regions = ["asia-east1", "europe-west1"]
    cidrs   = { asia-east1 = "10.0.1.0/24", europe-west1 = "10.0.0.0/24" }
  }
  expect_failures = [var.primary_region]
}

run "refuses_a_primary_region_that_is_not_there" {
  command = plan
  variables {
    primary_region = "us-central1"
  }
  expect_failures = [var.primary_region]
}

run "stays_where_it_is_whichever_region_comes_first" {
  command = plan
  variables {
    regions        = ["asia-east1", "europe-west1"]
    primary_region = "europe-west1"
    cidrs          = { asia-east1 = "10.0.1.0/24", europe-west1 = "10.0.0.0/24" }
  }
  assert {
    condition     = google_artifact_registry_repository.images.location == "europe-west1" && local.primary_region == "europe-west1"
    error_message = "Images, probers and shared state must not move."
  }
}
