variables {
  project_id            = "acme-sts"
  name                  = "sts"
  webhook_name          = "sts-webhook"
  prober_name           = "sts-prober"
  key_ring_id           = "projects/acme-sts/locations/global/keyRings/sts"
  signer_emails         = ["sts@acme-sts.iam.gserviceaccount.com", "sts-webhook@acme-sts.iam.gserviceaccount.com"]
  deployer_emails       = ["deployer@acme-sts.iam.gserviceaccount.com"]
  notification_channels = ["projects/acme-sts/notificationChannels/1"]
}

run "alerts_on_everything" {
  command = apply
  assert {
    condition = keys(output.alert_policy_ids) == [
      "anomalous-kms-access", "error-ratio", "events-dropped", "github-budget-low", "github-rate-limit",
      "negative-prober-fails", "prober-fails", "records-refused", "service-not-ready", "shared-store-gone",
      "trust-policy-not-found", "webhook-queue-grows",
    ]
    error_message = "An alert is missing, or one is new: ${join(", ", keys(output.alert_policy_ids))}."
  }
  assert {
    condition     = alltrue([for id in values(output.alert_policy_ids) : id != "" && id != null])
    error_message = "Each alert has to have the id of its policy."
  }
  assert {
    condition = alltrue([
      for policy in concat(
        values(google_monitoring_alert_policy.metric),
        values(google_monitoring_alert_policy.log),
        [
          google_monitoring_alert_policy.github-rate-limit,
          google_monitoring_alert_policy.anomalous-kms-access,
          google_monitoring_alert_policy.trust-policy-not-found,
        ],
      ) :
      policy.notification_channels == tolist(["projects/acme-sts/notificationChannels/1"])
      && strcontains(policy.documentation[0].content, "docs/runbooks.md#")
      && policy.enabled != false
    ])
    error_message = "Each alert has to call somebody, and say what to do."
  }
}

run "asks_for_the_metrics_of_this_deployment_alone" {
  command = plan
  assert {
    condition = alltrue([
      for policy in values(google_monitoring_alert_policy.metric) :
      strcontains(policy.conditions[0].condition_prometheus_query_language[0].query, "namespace=~\"sts|sts-webhook|sts-prober|sts-prober-negative\"")
    ])
    error_message = "Each query has to name the services of the deployment."
  }
  assert {
    condition     = !strcontains(google_monitoring_dashboard.this.dashboard_json, "@") && jsondecode(google_monitoring_dashboard.this.dashboard_json).displayName == "sts"
    error_message = "The dashboard has to be of this deployment."
  }
}

run "asks_for_the_lines_of_this_deployment_alone" {
  command = plan
  assert {
    condition     = google_monitoring_alert_policy.github-rate-limit.conditions[0].condition_matched_log[0].filter == "resource.type=\"cloud_run_revision\"\nresource.labels.service_name=\"sts\"\njsonPayload.record.outcome=\"RATE_LIMITED\""
    error_message = "The alert on the rate limit has to read the records of the app."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.log["negative-prober-fails"].conditions[0].condition_matched_log[0].filter, "resource.labels.service_name=(\"sts-prober\" OR \"sts-prober-negative\")")
    error_message = "The alert on the negative prober has to read the lines of the probers."
  }
}

run "does_not_alert_on_probers_that_are_not_there" {
  command = plan
  variables {
    prober_name = ""
  }
  assert {
    condition     = !can(google_monitoring_alert_policy.metric["prober-fails"]) && !can(google_monitoring_alert_policy.log["negative-prober-fails"])
    error_message = "Without probers nothing may wait for them."
  }
  assert {
    condition     = strcontains(google_monitoring_alert_policy.metric["error-ratio"].conditions[0].condition_prometheus_query_language[0].query, "namespace=~\"sts|sts-webhook\"")
    error_message = "Without probers no query may name them."
  }
}

run "takes_out_what_the_prober_asks_for" {
  command = plan
  assert {
    condition     = google_logging_metric.trust-policy-not-found.filter == "resource.type=\"cloud_run_revision\"\nresource.labels.service_name=\"sts\"\njsonPayload.record.reason=\"policy_missing\"\n-jsonPayload.record.identity=\"does-not-exist\""
    error_message = "The count has to be of denials for want of a policy, without the prober's."
  }
  assert {
    condition     = google_monitoring_alert_policy.trust-policy-not-found.conditions[0].condition_threshold[0].threshold_value == 200
    error_message = "The threshold has to be 200 an hour."
  }
}

run "counts_every_identity_when_told_to" {
  command = plan
  variables {
    missing_identities         = []
    policy_not_found_threshold = 10
  }
  assert {
    condition     = endswith(google_logging_metric.trust-policy-not-found.filter, "jsonPayload.record.reason=\"policy_missing\"")
    error_message = "No identity may be left out."
  }
  assert {
    condition     = google_monitoring_alert_policy.trust-policy-not-found.conditions[0].condition_threshold[0].threshold_value == 10
    error_message = "The threshold has to be the one that is given."
  }
}

run "lets_the_service_sign_and_terraform_make_keys" {
  command = plan
  assert {
    condition = google_monitoring_alert_policy.anomalous-kms-access.conditions[0].condition_matched_log[0].filter == join("\n", [
      "protoPayload.serviceName=\"cloudkms.googleapis.com\"",
      "-- The key ring itself too: who may sign can be set on it.",
      "(protoPayload.resourceName=\"projects/acme-sts/locations/global/keyRings/sts\" OR protoPayload.resourceName:\"projects/acme-sts/locations/global/keyRings/sts/\")",
      "-- What a plan and scanners do, and what tells nobody a secret.",
      "-protoPayload.methodName=(\"GetKeyRing\" OR \"GetCryptoKey\" OR \"GetIamPolicy\")",
      "-- The service signs, and does nothing else.",
      "-(protoPayload.authenticationInfo.principalEmail=(\"sts@acme-sts.iam.gserviceaccount.com\" OR \"sts-webhook@acme-sts.iam.gserviceaccount.com\") AND protoPayload.methodName=\"AsymmetricSign\")",
      "-- Terraform makes keys, and says who may sign with them.",
      "-(protoPayload.authenticationInfo.principalEmail=(\"deployer@acme-sts.iam.gserviceaccount.com\") AND protoPayload.methodName=(\"CreateKeyRing\" OR \"CreateCryptoKey\" OR \"SetIamPolicy\"))",
    ])
    error_message = "Anything but signing by the service and making keys by Terraform has to alert."
  }
  assert {
    condition     = google_project_iam_audit_config.kms[0].service == "cloudkms.googleapis.com" && google_monitoring_alert_policy.anomalous-kms-access.enabled
    error_message = "The use of keys has to be logged."
  }
}

run "lets_nobody_sign_who_is_not_named" {
  command = plan
  variables {
    signer_emails   = []
    deployer_emails = []
  }
  assert {
    condition     = !strcontains(google_monitoring_alert_policy.anomalous-kms-access.conditions[0].condition_matched_log[0].filter, "principalEmail")
    error_message = "Nobody may be left out of the alert."
  }
}

run "leaves_an_audit_configuration_alone_when_told_to" {
  command = plan
  variables {
    kms_audit_logs = false
  }
  assert {
    condition     = length(google_project_iam_audit_config.kms) == 0
    error_message = "The audit configuration may not be touched."
  }
}

run "has_no_alert_on_keys_without_a_key_ring" {
  command = plan
  variables {
    key_ring_id = ""
  }
  assert {
    condition     = !google_monitoring_alert_policy.anomalous-kms-access.enabled
    error_message = "Without a key ring there is nothing to alert on."
  }
}

run "refuses_names_that_would_be_a_pattern" {
  command = plan
  variables {
    name         = ".*"
    webhook_name = "a|b"
    prober_name  = "a\"b"
  }
  expect_failures = [var.name, var.webhook_name, var.prober_name]
}

run "refuses_accounts_and_key_rings_in_another_form" {
  command = plan
  variables {
    key_ring_id                = "sts"
    signer_emails              = ["serviceAccount:sts"]
    deployer_emails            = ["a\"b@example.com"]
    policy_not_found_threshold = 0
  }
  expect_failures = [var.key_ring_id, var.signer_emails, var.deployer_emails, var.policy_not_found_threshold]
}
