# octo-sts's module keeps these here. Its webhook shares the service account of its service, so one grant is there
# twice, and to replace either would take it from both: Terraform forgets them, and makes its own.
removed {
  from = google_project_iam_member.metrics-writer
  lifecycle {
    destroy = false
  }
}

removed {
  from = google_project_iam_member.trace-writer
  lifecycle {
    destroy = false
  }
}

removed {
  from = google_project_iam_member.profiler-writer
  lifecycle {
    destroy = false
  }
}
