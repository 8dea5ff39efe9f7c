gateway {
  limits {
    max_body    = 99999999999
    queue       = -1
    read_header = 10
    max_bodys   = 1
  }
}
