output "regions" {
  description = "Map from each region to its network and subnetwork, as the other modules take it."
  value = {
    for region in var.regions : region => local.makes_network ? {
      network = google_compute_network.this[0].id
      subnet  = google_compute_subnetwork.this[region].id
    } : var.networks[region]
  }
}

output "addresses" {
  description = "Addresses of the load balancer: IPV4 and IPV6."
  value       = { for version, address in google_compute_global_address.this : version => address.address }
}

output "dns_records" {
  description = "Records that the domains and their certificates need, wherever their zone is."
  value = concat(
    [
      for record in values(local.address_records) : {
        name = "${record.domain}."
        type = record.type
        data = google_compute_global_address.this[record.version].address
      }
    ],
    [
      for authorization in google_certificate_manager_dns_authorization.this : {
        name = authorization.dns_resource_record[0].name
        type = authorization.dns_resource_record[0].type
        data = authorization.dns_resource_record[0].data
      }
    ],
  )
}

output "name_servers" {
  description = "Name servers to delegate dns_name to. Empty where no zone is made."
  value       = flatten(google_dns_managed_zone.this[*].name_servers)
}
