alerts {
  webhook {
    url = env("NOT_SET")
  }
}
