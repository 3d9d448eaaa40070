variables {
  project_id   = "acme-sts"
  location     = "EU"
  service_name = "github-sts"
}

run "takes_the_records_of_the_service_from_the_log" {
  command = plan
  assert {
    condition     = google_logging_project_sink.this[0].filter == "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"github-sts\" AND jsonPayload.record.requestId:*"
    error_message = "Only records of this service belong into the table."
  }
  assert {
    condition     = google_pubsub_subscription.this["log"].message_transforms[0].javascript_udf[0].function_name == "toRow"
    error_message = "A line of the log is no row yet."
  }
  assert {
    condition     = !strcontains(google_pubsub_subscription.this["log"].message_transforms[0].javascript_udf[0].code, "export ")
    error_message = "Pub/Sub knows no modules."
  }
  assert {
    condition     = length(google_pubsub_subscription.this["log"].message_transforms[0].javascript_udf[0].code) < 20000
    error_message = "Pub/Sub takes 20 KB."
  }
}

run "takes_events_from_a_broker" {
  command = plan
  variables {
    service_name  = ""
    broker_topics = { us-central1 = "projects/acme-sts/topics/broker-us-central1" }
  }
  assert {
    condition     = length(google_logging_project_sink.this) == 0 && google_pubsub_subscription.this["us-central1"].filter == "attributes.ce-type = \"dev.octo-sts.exchange\""
    error_message = "With events the log is not read."
  }
  assert {
    condition     = length(google_pubsub_subscription.this["us-central1"].message_transforms) == 0
    error_message = "An event is a row already."
  }
}

run "keeps_rows_for_a_time" {
  command = plan
  variables {
    retention_days = 30
  }
  assert {
    condition     = google_bigquery_table.exchanges.time_partitioning[0].expiration_ms == 2592000000
    error_message = "Rows have to go when their time is over."
  }
}

run "has_the_views" {
  command = plan
  assert {
    condition     = join(",", keys(google_bigquery_table.view)) == "errors_by_installations,errors_by_reason,errors_by_subject"
    error_message = "octo-sts's views have to be there, under their names."
  }
}

run "refuses_both_sources" {
  command = plan
  variables {
    broker_topics = { us-central1 = "projects/acme-sts/topics/broker-us-central1" }
  }
  expect_failures = [var.service_name]
}

run "refuses_no_source" {
  command = plan
  variables {
    service_name = ""
  }
  expect_failures = [var.service_name]
}

run "refuses_part_of_a_day" {
  command = plan
  variables {
    retention_days = 0.5
  }
  expect_failures = [var.retention_days]
}
