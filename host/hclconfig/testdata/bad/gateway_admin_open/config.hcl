gateway {
  admin {
    listen = "0.0.0.0:9090"
  }
}
