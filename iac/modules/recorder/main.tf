locals {
  takes_log = length(var.broker_topics) == 0

  # From a name to the topic that is read.
  topics = local.takes_log ? { log = google_pubsub_topic.log[0].id } : var.broker_topics

  table = "${var.project_id}.${google_bigquery_dataset.this.dataset_id}.${google_bigquery_table.exchanges.table_id}"

  pubsub_agent = "serviceAccount:service-${data.google_project.this.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

data "google_project" "this" {
  project_id = var.project_id
}

# The log has every record, whether or not an event could be sent, and nothing has to run to take it from there.
resource "google_pubsub_topic" "log" {
  count = local.takes_log ? 1 : 0

  project = var.project_id
  name    = var.name
}

resource "google_logging_project_sink" "this" {
  count = local.takes_log ? 1 : 0

  project                = var.project_id
  name                   = var.name
  description            = "Records of exchanges"
  destination            = "pubsub.googleapis.com/${google_pubsub_topic.log[0].id}"
  unique_writer_identity = true

  filter = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=\"${var.service_name}\"",
    "jsonPayload.record.requestId:*",
  ])
}

resource "google_pubsub_topic_iam_member" "sink" {
  count = local.takes_log ? 1 : 0

  project = var.project_id
  topic   = google_pubsub_topic.log[0].name
  role    = "roles/pubsub.publisher"
  member  = google_logging_project_sink.this[0].writer_identity
}

resource "google_pubsub_subscription" "this" {
  for_each = local.topics

  project = var.project_id
  name    = "${var.name}-${each.key}"
  topic   = each.value
  filter  = local.takes_log ? null : "attributes.ce-type = \"dev.octo-sts.exchange\""

  # A week, for the time that a table cannot be written.
  message_retention_duration = "604800s"
  expiration_policy {
    ttl = ""
  }

  bigquery_config {
    table            = local.table
    use_table_schema = true
    # Names in a policy are chosen by its author: what has no column is left out.
    drop_unknown_fields = true
  }

  dynamic "message_transforms" {
    for_each = local.takes_log ? [file("${path.module}/to-row.mjs")] : []
    content {
      javascript_udf {
        function_name = "toRow"
        code          = replace(message_transforms.value, "export function", "function")
      }
    }
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.unwritten.id
    max_delivery_attempts = 20
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  depends_on = [google_bigquery_table_iam_member.pubsub]
}

# What could not be written is kept for a month, for somebody to look at.
resource "google_pubsub_topic" "unwritten" {
  project = var.project_id
  name    = "${var.name}-unwritten"
}

resource "google_pubsub_subscription" "unwritten" {
  project                    = var.project_id
  name                       = "${var.name}-unwritten"
  topic                      = google_pubsub_topic.unwritten.id
  message_retention_duration = "2678400s"

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_topic_iam_member" "unwritten" {
  project = var.project_id
  topic   = google_pubsub_topic.unwritten.name
  role    = "roles/pubsub.publisher"
  member  = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "unwritten" {
  for_each = google_pubsub_subscription.this

  project      = var.project_id
  subscription = each.value.name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}
