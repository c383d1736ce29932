# As cells.py, for R: Rscript cells.R READER FILE-OF-TABLES FOLDER. Each cell is a line: its kind, then its text in
# hexadecimal digits, NA for a gap.
suppressPackageStartupMessages(library(jsonlite))
arguments <- commandArgs(TRUE)
tables <- fromJSON(arguments[2], simplifyVector = FALSE)
readers <- list(
  read.csv = function(t) {
    if (is.null(t$texts)) return(read.csv(t$path))
    read.csv(t$path, colClasses = classes(t), check.names = FALSE, na.strings = "", fileEncoding = "UTF-8")
  },
  readr = function(t) {
    if (is.null(t$texts)) return(readr::read_csv(t$path, show_col_types = FALSE, progress = FALSE))
    types <- do.call(readr::cols, as.list(sapply(unlist(t$texts), function(n) "c")))
    readr::read_csv(t$path, col_types = types, na = "", quoted_na = FALSE, trim_ws = FALSE, progress = FALSE)
  },
  fread = function(t) {
    if (is.null(t$texts)) return(data.table::fread(t$path))
    data.table::fread(t$path, colClasses = list(character = unlist(t$texts)), na.strings = "", strip.white = FALSE,
      encoding = "UTF-8")
  },
  readxl = function(t) readxl::read_excel(t$path, sheet = t$sheet, trim_ws = is.null(t$texts), .name_repair = "minimal"),
  jsonlite = function(t) fromJSON(t$path)
)
classes <- function(t) sapply(unlist(t$texts), function(n) "character")
said <- function(x) {
  y <- if (is.logical(x)) paste0("b", ifelse(x, "true", "false"))
    else if (inherits(x, "POSIXct")) paste0("d", format(x, "%Y-%m-%dT%H:%M:%OS6", tz = "UTC"))
    else if (inherits(x, c("Date", "IDate"))) paste0("d", format(x, "%Y-%m-%d"))
    else if (inherits(x, c("hms", "difftime", "ITime"))) paste0("d", as.character(x))
    else if (inherits(x, "integer64")) paste0("n", bit64::as.character.integer64(x))
    else if (is.numeric(x)) paste0("n", formatC(x, digits = 17, format = "g", width = 1))
    else if (is.list(x)) return(vapply(x, function(v) if (is.null(v)) NA_character_ else paste0("o", toJSON(v)), ""))
    else paste0("t", enc2utf8(as.character(x)))
  y[is.na(x)] <- NA
  y
}
coded <- function(x) ifelse(is.na(x), "NA", vapply(x, function(v) paste(charToRaw(enc2utf8(v)), collapse = ""), ""))
at <- 0
for (t in tables) {
  at <- at + 1
  out <- file(file.path(arguments[3], paste0(at, ".txt")), "w")
  frame <- tryCatch(as.data.frame(readers[[arguments[1]]](t), optional = TRUE), error = function(e) conditionMessage(e))
  if (is.data.frame(frame)) {
    writeLines(paste("frame", nrow(frame), ncol(frame)), out)
    writeLines(coded(names(frame)), out)
    for (column in frame) if (nrow(frame)) writeLines(coded(said(column)), out)
  } else writeLines(paste("error", gsub("\n", " ", frame)), out)
  close(out)
}
