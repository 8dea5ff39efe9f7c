provider "groq" {
  key "main" {
    value = <<EOT
sk-canary-0123456789abcdef
  }
}

}
