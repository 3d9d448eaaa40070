variables {
  project_id              = "acme-sts"
  name                    = "github-sts"
  domain                  = "sts.example.com"
  key_ring_id             = "projects/acme-sts/locations/global/keyRings/github-sts"
  webhook_secret_id       = "projects/acme-sts/secrets/github-sts-webhook-secret"
  webhook_secret_versions = ["1"]
  github_apps             = [{ app_id = 111, key_version = 1 }]
}

run "groups_apps_by_organization_whatever_their_letter_case" {
  command = plan
  variables {
    github_apps = [
      { app_id = 111, key_version = 1, org_name = "Acme" },
      { app_id = 222, key_version = 2, org_name = "*" },
      { app_id = 333, key_version = 3, org_name = "acme" },
    ]
  }
  assert {
    condition     = jsonencode(output.organizations) == jsonencode({ "*" = [222], "acme" = [111, 333] })
    error_message = "Apps of one organization have to be one pool."
  }
  assert {
    condition     = yamldecode(output.pools_yaml).orgs[0].name == "acme"
    error_message = "Pools have to stay in the order of the Apps."
  }
  assert {
    condition     = length(yamldecode(output.pools_yaml).orgs) == 2
    error_message = "There has to be one pool for each organization."
  }
  assert {
    condition     = yamldecode(output.pools_yaml).orgs[0].apps[1].kms_key == "projects/acme-sts/locations/global/keyRings/github-sts/cryptoKeys/app-signing-key-333/cryptoKeyVersions/3"
    error_message = "Each App has to sign with its own key."
  }
  assert {
    condition     = yamldecode(output.pools_yaml).orgs[1].apps[0].app_id == 222
    error_message = "The pool of all others has to have its App."
  }
}

run "makes_no_file_of_pools_without_organizations" {
  command = plan
  assert {
    condition     = output.pools_yaml == "" && !output.multi_organization && length(output.organizations) == 0
    error_message = "Without organizations the variables alone name the Apps."
  }
}

run "one_key_for_each_app_that_has_a_version" {
  command = plan
  variables {
    github_apps = [
      { app_id = 111, key_version = 1 },
      { app_id = 222, key_version = 0 },
      { app_id = 333, key_version = 7 },
    ]
  }
  assert {
    condition     = join(",", keys(output.kms_keys)) == "111,333" && length(distinct(values(output.kms_keys))) == 2
    error_message = "Each App that is served has to have one key of its own."
  }
}

run "nothing_is_served_before_the_first_key" {
  command = plan
  variables {
    github_apps             = [{ app_id = 111, key_version = 0 }]
    webhook_secret_versions = []
  }
  assert {
    condition     = !output.is_served
    error_message = "Without a key there is nothing to run."
  }
}

run "refuses_no_app" {
  command = plan
  variables {
    github_apps = []
  }
  expect_failures = [var.github_apps]
}

run "refuses_an_app_twice" {
  command = plan
  variables {
    github_apps = [{ app_id = 111, key_version = 1 }, { app_id = 111, key_version = 2 }]
  }
  expect_failures = [var.github_apps]
}

run "refuses_a_fraction_for_an_app" {
  command = plan
  variables {
    github_apps = [{ app_id = 1.5, key_version = 1 }]
  }
  expect_failures = [var.github_apps]
}

run "refuses_a_version_below_zero" {
  command = plan
  variables {
    github_apps = [{ app_id = 111, key_version = -1 }]
  }
  expect_failures = [var.github_apps]
}

run "refuses_apps_with_and_without_an_organization" {
  command = plan
  variables {
    github_apps = [{ app_id = 111, key_version = 1, org_name = "acme" }, { app_id = 222, key_version = 1 }]
  }
  expect_failures = [var.github_apps]
}

run "refuses_an_app_of_an_organization_without_a_key" {
  command = plan
  variables {
    github_apps = [{ app_id = 111, key_version = 1, org_name = "acme" }, { app_id = 222, key_version = 0, org_name = "*" }]
  }
  expect_failures = [var.github_apps]
}

run "refuses_a_name_that_is_no_organization" {
  command = plan
  variables {
    github_apps = [{ app_id = 111, key_version = 1, org_name = "acme/app" }]
  }
  expect_failures = [var.github_apps]
}
