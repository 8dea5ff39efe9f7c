provider "groq" {
  key "main" {
    value = env("SET")
  }
  model "fast" {}
}
logging {
  file        = "aio.log"
  errors_file = "./aio.log"
}
