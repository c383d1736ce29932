"""What a pull request, a package or a workbook from elsewhere must not be able to do."""
