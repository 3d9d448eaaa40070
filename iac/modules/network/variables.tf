variable "project_id" {
  description = "The Google Cloud project of all resources."
  type        = string
}

variable "name" {
  description = "Name of the network and of the load balancer."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,40}[a-z0-9]$", var.name))
    error_message = "Choose a name of 2 to 42 lower-case letters, digits and hyphens, such as github-sts."
  }
}

variable "regions" {
  description = "Regions that services run in."
  type        = list(string)

  validation {
    condition     = length(var.regions) > 0 && length(distinct(var.regions)) == length(var.regions)
    error_message = "Name at least one region in regions, and each once."
  }
}

variable "networks" {
  description = "Networks that are there already: map from each region to its network and subnetwork. Empty: a network is made."
  type = map(object({
    network = string
    subnet  = string
  }))
  default = {}

  validation {
    condition     = length(var.networks) == 0 || length(setsubtract(var.regions, keys(var.networks))) == 0
    error_message = "Name a network and a subnetwork in networks for every region, or leave networks empty to have them made. Missing: ${join(", ", setsubtract(var.regions, keys(var.networks)))}."
  }
}

variable "cidrs" {
  description = "Addresses of the subnetwork that is made in each region, at least a /26. A region that is alone has 10.0.0.0/24 if none is named; with several each has to be. Other addresses replace a subnetwork, which fails while services are in it."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(var.networks) > 0 || length(var.regions) <= 1 || length(setsubtract(var.regions, keys(var.cidrs))) == 0
    error_message = "Name the addresses of ${join(", ", setsubtract(var.regions, keys(var.cidrs)))} in cidrs, such as 10.0.1.0/24. A region that was alone has 10.0.0.0/24: name those for it, or its subnetwork is replaced."
  }
  validation {
    condition     = alltrue([for cidr in values(var.cidrs) : can(cidrhost(cidr, 63))]) && length(distinct(values(var.cidrs))) == length(var.cidrs)
    error_message = "Set each of cidrs to a range of its own of at least /26, such as 10.0.1.0/24: Cloud Run needs that much."
  }
}

variable "services" {
  description = "Map from each public domain to the name of the Cloud Run service, in every region, that it leads to. Empty: no load balancer yet."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for domain in keys(var.services) : can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z0-9-]*[a-z0-9]$", domain))])
    error_message = "Name domains in services without a scheme and a path, in lower case: sts.example.com, not https://sts.example.com/."
  }
  validation {
    condition     = length(distinct(values(var.services))) == length(var.services)
    error_message = "Name each Cloud Run service in services for one domain only."
  }
}

variable "dns_zone" {
  description = "Name of a managed zone that is there already, for the addresses of the domains and the proofs of the certificates. Empty: see dns_name."
  type        = string
  default     = ""
}

variable "dns_name" {
  description = "Domain, such as sts.example.com, of a managed zone that is made. Empty, without dns_zone: records are made elsewhere, from the output dns_records."
  type        = string
  default     = ""

  validation {
    condition     = var.dns_name == "" || var.dns_zone == ""
    error_message = "Set dns_zone for a zone that is there, or dns_name for one that is made, but not both."
  }
  validation {
    condition = var.dns_name == "" || alltrue([
      for domain in keys(var.services) : domain == var.dns_name || endswith(domain, ".${var.dns_name}")
    ])
    error_message = "Name in services only domains that are in the zone of dns_name."
  }
}

variable "security_policy" {
  description = "Id of a Cloud Armor policy for both services, such as one that limits how often an address may ask. Empty: none."
  type        = string
  default     = ""
}
