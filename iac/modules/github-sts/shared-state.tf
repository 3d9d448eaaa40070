locals {
  shares_state   = var.shared_state != null
  state_location = local.shares_state ? coalesce(var.shared_state.location, keys(var.regions)[0]) : ""
  state_uses_tls = local.shares_state && try(var.shared_state.tls, false)
  state_ca_path  = "/etc/github-sts-redis/ca.pem"

  state_endpoints = flatten([
    for instance in google_memorystore_instance.state : [
      for endpoint in instance.endpoints : [
        for connection in endpoint.connections : [
          for automatic in connection.psc_auto_connection : automatic
          if automatic.connection_type != "CONNECTION_TYPE_READER"
        ]
      ]
    ]
  ])
  redis_url = local.shares_state ? (
    "${local.state_uses_tls ? "rediss" : "redis"}://${try(local.state_endpoints[0].ip_address, "")}:${try(local.state_endpoints[0].port, 6379)}"
  ) : ""
  redis_ca_file = local.state_uses_tls ? local.state_ca_path : ""

  redis_ca = local.state_uses_tls ? {
    redis-ca = {
      directory = dirname(local.state_ca_path)
      file      = basename(local.state_ca_path)
      secret    = google_secret_manager_secret.redis-ca[0].secret_id
      version   = google_secret_manager_secret_version.redis-ca[0].version
    }
  } : {}
}

# Gives the instance an address in the network.
resource "google_network_connectivity_service_connection_policy" "state" {
  count = local.shares_state && try(var.shared_state.connection_policy, false) ? 1 : 0

  project       = var.project_id
  name          = "${var.name}-state"
  location      = local.state_location
  service_class = "gcp-memorystore"
  network       = var.regions[local.state_location].network

  psc_config {
    subnetworks = [var.regions[local.state_location].subnet]
  }
}

# One for all regions: replicas with different stores would not hear each other. What is lost with it is learned again.
resource "google_memorystore_instance" "state" {
  count = local.shares_state ? 1 : 0

  project                     = var.project_id
  instance_id                 = "${var.name}-state"
  location                    = local.state_location
  mode                        = "CLUSTER_DISABLED"
  shard_count                 = 1
  replica_count               = var.shared_state.replicas
  node_type                   = var.shared_state.node_type
  engine_version              = var.shared_state.engine_version
  transit_encryption_mode     = local.state_uses_tls ? "SERVER_AUTHENTICATION" : "TRANSIT_ENCRYPTION_DISABLED"
  deletion_protection_enabled = var.deletion_protection

  # Nothing secret is kept there, and nothing in it grants anything; the network decides who reaches it.
  authorization_mode = "AUTH_DISABLED"

  desired_auto_created_endpoints {
    network    = var.regions[local.state_location].network
    project_id = var.project_id
  }

  lifecycle {
    postcondition {
      condition     = length(flatten(self.endpoints[*].connections)) > 0
      error_message = "The shared state has got no address in the network. See that a service connection policy for gcp-memorystore is there (shared_state.connection_policy), and apply again."
    }
  }

  depends_on = [google_network_connectivity_service_connection_policy.state]
}

resource "google_secret_manager_secret" "redis-ca" {
  count = local.state_uses_tls ? 1 : 0

  project   = var.project_id
  secret_id = "${var.name}-redis-ca"

  replication {
    auto {}
  }
}

# Certificates, which everybody may know.
resource "google_secret_manager_secret_version" "redis-ca" {
  count = local.state_uses_tls ? 1 : 0

  secret = google_secret_manager_secret.redis-ca[0].id
  secret_data = join("\n", flatten([
    for authority in google_memorystore_instance.state[0].managed_server_ca : [
      for chain in authority.ca_certs : chain.certificates
    ]
  ]))

  deletion_policy = "ABANDON"
  lifecycle {
    create_before_destroy = true
  }
}

resource "google_secret_manager_secret_iam_member" "redis-ca" {
  for_each = local.state_uses_tls ? local.programs : {}

  project   = var.project_id
  secret_id = google_secret_manager_secret.redis-ca[0].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = "serviceAccount:${each.value}"
}
