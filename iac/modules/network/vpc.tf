locals {
  makes_network = length(var.networks) == 0
}

resource "google_compute_network" "this" {
  count = local.makes_network ? 1 : 0

  project                 = var.project_id
  name                    = var.name
  auto_create_subnetworks = false
  routing_mode            = "GLOBAL"
}

resource "google_compute_subnetwork" "this" {
  for_each = local.makes_network ? toset(var.regions) : []

  project                  = var.project_id
  name                     = "${var.name}-${each.key}"
  region                   = each.key
  network                  = google_compute_network.this[0].id
  ip_cidr_range            = lookup(var.cidrs, each.key, "10.0.0.0/24")
  private_ip_google_access = true
}
