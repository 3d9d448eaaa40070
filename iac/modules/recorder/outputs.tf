output "dataset_id" {
  description = "Id of the dataset."
  value       = google_bigquery_dataset.this.dataset_id
}

output "table" {
  description = "Name of the table, as queries have it."
  value       = local.table
}

output "unwritten_subscription" {
  description = "Name of the subscription that holds what could not be written."
  value       = google_pubsub_subscription.unwritten.name
}
