variables {
  project_id            = "acme-sts"
  regions               = { europe-west1 = {} }
  domain                = "sts.example.com"
  scope                 = "acme/prober"
  notification_channels = []
}

override_module {
  target          = module.service
  override_during = plan
  outputs         = { name = "made-up", uris = { europe-west1 = "https://made-up.a.run.app" } }
}

run "gives_each_prober_an_identity_of_its_own" {
  command = plan
  assert {
    condition     = google_service_account.this["prober"].account_id == "github-sts-prober" && google_service_account.this["negative"].account_id == "github-sts-prober-negative"
    error_message = "The policy has to let one in, and refuse the other."
  }
}

run "asks_with_a_token_and_no_secret" {
  command = apply
  assert {
    condition = alltrue([
      for check in values(google_monitoring_uptime_check_config.this) :
      check.http_check[0].service_agent_authentication[0].type == "OIDC_TOKEN" && length(coalesce(check.http_check[0].headers, {})) == 0
    ])
    error_message = "A header would be a secret in the plan."
  }
  assert {
    condition     = alltrue([for check in values(google_monitoring_uptime_check_config.this) : check.http_check[0].use_ssl && check.http_check[0].validate_ssl])
    error_message = "Tokens go over TLS alone."
  }
  assert {
    condition     = google_monitoring_uptime_check_config.this["prober europe-west1"].monitored_resource[0].labels.host == "made-up.a.run.app"
    error_message = "The check has to ask the service."
  }
}

run "alerts_on_both" {
  command = plan
  assert {
    condition     = length(google_monitoring_alert_policy.this) == 2
    error_message = "A negative prober that is not refused is an incident."
  }
}

run "refuses_a_domain_with_a_scheme" {
  command = plan
  variables {
    domain = "https://sts.example.com"
  }
  expect_failures = [var.domain]
}

run "refuses_a_scope_without_a_repository" {
  command = plan
  variables {
    scope = "acme"
  }
  expect_failures = [var.scope]
}

run "refuses_a_secret_of_its_own" {
  command = plan
  variables {
    env = { AUTHORIZATION = "made-up" }
  }
  expect_failures = [var.env]
}

run "refuses_a_period_that_monitoring_does_not_have" {
  command = plan
  variables {
    period_seconds = 30
  }
  expect_failures = [var.period_seconds]
}

run "refuses_a_time_that_is_no_minute" {
  command = plan
  variables {
    failure_seconds = 90
  }
  expect_failures = [var.failure_seconds]
}

run "refuses_no_region" {
  command = plan
  variables {
    regions = {}
  }
  expect_failures = [var.regions]
}

run "refuses_a_name_that_leaves_no_room" {
  command = plan
  variables {
    name = "github-sts-prober-of-the-team"
  }
  expect_failures = [var.name]
}
